import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { nodeEnvironment, type ChosenNode } from './node.ts';

/** Reads from the lock file, which nobody can while another process holds it; takes nothing itself. */
const LOOK = `
const { DatabaseSync } = require('node:sqlite');
try {
  new DatabaseSync(process.argv[1], { readOnly: true, timeout: 0 }).exec('SELECT * FROM sqlite_master');
  process.stdout.write('free');
} catch (error) {
  process.stdout.write(/locked|busy/i.test(error.message) ? 'held' : 'error: ' + error.message);
}
`;

/** Whether some process holds the lock of a data directory. */
export type LockState = 'missing' | 'free' | 'held';

/** Looks at a lock file with a Node that has SQLite. Rejects with words when it cannot be told. */
export function lockState(file: string, node: ChosenNode): Promise<LockState> {
  if (!existsSync(file)) return Promise.resolve('missing');
  const options = { env: nodeEnvironment(node, process.env), timeout: 10_000, windowsHide: true };
  return new Promise((resolve, reject) => {
    execFile(node.execPath, ['--no-warnings', '-e', LOOK, file], options, (error, stdout) => {
      if (stdout === 'free' || stdout === 'held') resolve(stdout);
      else reject(new Error(`${file} cannot be looked at: ${stdout || error?.message || 'it said nothing'}`));
    });
  });
}
