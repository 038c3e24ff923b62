/**
 * The server build of VS Code, for tests and for a machine without a desktop. It comes inside the npm
 * package `code-server`, and lives in a cache folder outside the project, since it is 600 MB.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ensureDebianPackages } from './debian.mjs';
import { node24, nodePackage, npm } from './run.mjs';
import { Failure, runMain, step } from './step.mjs';

/** The release of code-server that brings the VS Code we test in. */
export const editorVersion = '4.139.1';

/** What its native add-ons are compiled against. */
const buildPackages = ['libkrb5-dev', 'libx11-dev', 'libxkbfile-dev', 'libsecret-1-dev', 'pkg-config'];

/** Long enough for any install; a lock older than that was left by a process whose id is in use again. */
const lockStaleMs = 20 * 60_000;

/** This project's folder for what can be downloaded again. */
export const cacheFolder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'holdfast');

/**
 * Finds the server build, installing it once if needed (a minute or two).
 *
 * @returns {Promise<{node: string, main: string}>} The Node to run it with and its `server-main.js`.
 * @throws {Failure} When this platform cannot run it, or its install failed.
 */
export async function ensureEditor() {
  if (process.platform !== 'linux') {
    throw new Failure(
      'The server build of VS Code runs on Linux. Elsewhere, install VS Code and put `code` on PATH.',
    );
  }
  const installed = join(cacheFolder, 'editor', editorVersion);
  const main = join(installed, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js');
  if (!existsSync(main))
    await withLock(`${installed}.lock`, async () => {
      if (!existsSync(main)) await install(installed);
    });
  return { node: node24(), main };
}

/**
 * Installs into a folder beside, moved into place when complete: a half-finished install is never used.
 *
 * @param {string} folder
 */
async function install(folder) {
  await ensureDebianPackages(buildPackages, 'the server build of VS Code');
  await step('Installing the server build of VS Code (once, a minute or two)', async () => {
    const beside = `${folder}.${process.pid}`;
    mkdirSync(beside, { recursive: true });
    try {
      const manifest = { private: true, dependencies: { 'code-server': editorVersion } };
      writeFileSync(join(beside, 'package.json'), JSON.stringify(manifest));
      await npm(['install', '--no-audit', '--no-fund', '--dangerously-allow-all-scripts'], {
        cwd: beside,
        // Native add-ons must be built by and for the Node that will load them.
        node: node24(),
        env: {
          PATH: dirname(node24()) + delimiter + process.env['PATH'],
          npm_config_nodedir: nodePackage(),
        },
      });
      rmSync(folder, { recursive: true, force: true });
      renameSync(beside, folder);
    } finally {
      rmSync(beside, { recursive: true, force: true });
    }
  });
}

/**
 * Runs `work` while holding a folder that one process at a time can make; waits for another holder.
 *
 * @param {string} path
 * @param {() => Promise<void>} work
 */
async function withLock(path, work) {
  await mkdir(join(path, '..'), { recursive: true });
  const deadline = Date.now() + lockStaleMs;
  for (let said = false; !tryLock(path); said = true) {
    if (!said)
      process.stderr.write('Another process is installing the server build of VS Code; waiting for it…\n');
    if (Date.now() > deadline)
      throw new Failure(`Gave up waiting for ${path}. Remove it if nothing installs.`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/**
 * Takes the lock file, or removes one whose holder is gone so that the next try can have it.
 *
 * @param {string} path
 */
function tryLock(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!holderLives(path)) rmSync(path, { force: true });
    return false;
  }
}

/** @param {string} path */
function holderLives(path) {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => console.log((await ensureEditor()).main));
}
