/** Reads all and answers nothing, not even `initialize`; says on stderr what it waits for. */
process.stderr.write('waiting for a model that never comes\n');
process.stdin.resume().on('end', () => process.exit(0));
