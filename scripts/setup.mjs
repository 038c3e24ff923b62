/**
 * Makes a clone ready: dependencies as in package-lock.json, and the Node 24 that they bring. Runs before
 * every npm script that needs it, on whatever Node the system has, and takes no time when nothing changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { node24, npm, root, run } from './run.mjs';
import { Failure, runMain, step } from './step.mjs';

const modules = join(root, 'node_modules');
const stampPath = join(modules, '.holdfast-setup');
const probe = `
  const { DatabaseSync } = require('node:sqlite');
  new DatabaseSync(':memory:').exec('CREATE VIRTUAL TABLE probe USING fts5(text)');
  console.log(process.version);
`;

await runMain(async () => {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return;
  if (!isInstalled(lock)) {
    // Windows cannot replace a Node that is running, and this script may run on that very one.
    const held = process.platform === 'win32' && process.execPath.startsWith(modules);
    const args = held ? ['install', '--no-save'] : ['ci'];
    await step('Installing dependencies', () => npm([...args, '--no-audit', '--no-fund']));
  }
  await checkNode();
  writeFileSync(stampPath, stamp);
});

/**
 * Whether node_modules already holds what the lock file names for this platform, so that adding one
 * dependency with `npm install` does not set everything up anew.
 *
 * @param {string} lock The text of package-lock.json.
 */
function isInstalled(lock) {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(JSON.parse(lock).packages).every(
    ([path, wanted]) => path === '' || wanted.optional || installed[path]?.version === wanted.version,
  );
}

/** A runtime needs Node 24 with full-text search in its SQLite; tests run on it too. */
async function checkNode() {
  const node = node24();
  const version = await run(node, ['--disable-warning=ExperimentalWarning', '--eval', probe]);
  if (!version.startsWith('v24.')) {
    throw new Failure(`${node} is ${version.trim()}, not Node 24. Remove node_modules and run again.`);
  }
}
