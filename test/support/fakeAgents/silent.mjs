/** Reads all and answers nothing, not even `initialize`; says on stderr what it waits for, and then makes the file `FAKE_SIGN`. */
import { writeFileSync } from 'node:fs';

process.stderr.write('waiting for a model that never comes\n');
if (process.env['FAKE_SIGN']) writeFileSync(process.env['FAKE_SIGN'], '');
process.stdin.resume().on('end', () => process.exit(0));
