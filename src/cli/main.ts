import { readFileSync } from 'node:fs';
import { runProgram } from './program.ts';
import { Terminal } from './terminal.ts';

// A reader that has seen enough is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
process.stderr.on('error', () => {});

const exitCode = await runProgram(process.argv.slice(2), { terminal: new Terminal(), version: ownVersion() });
// What was written may still be on its way into a pipe.
process.stdout.write('', () => process.exit(exitCode));

function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
