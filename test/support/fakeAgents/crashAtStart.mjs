/** Ends with code 3 before it answers anything. */
process.stderr.write('no API key found\n');
process.exitCode = 3;
