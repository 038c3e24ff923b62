/** Starting the server build of VS Code and ending it again: for tests and for `npm start`. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { run } from './run.mjs';
import { Failure } from './step.mjs';

/** How long the server may take to listen, and to end when asked nicely. */
const startMs = 60_000;
const stopMs = 5_000;

/**
 * @typedef {object} EditorServerOptions
 * @property {string} node The Node to run it with, from `ensureEditor()`.
 * @property {string} main Its `server-main.js`, from `ensureEditor()`.
 * @property {string} dataFolder Settings, extensions and logs; kept by whoever named it.
 * @property {number} [port] A free one is taken without it.
 * @property {number} [graceSeconds] How long extension hosts wait for a window that was lost; hours by default.
 * @property {Record<string, string | undefined>} [env] Added to this process's environment; seen by extensions.
 */

/**
 * @typedef {object} EditorServer
 * @property {number} pid Its process, the leader of a process group of its own.
 * @property {number} port Where it listens, on the loopback address.
 * @property {() => string} log What it printed so far.
 * @property {Promise<void>} ended Resolves when the process is gone, whoever ended it.
 * @property {() => Promise<void>} stop Ends it with everything in its process group; may be called again.
 */

/**
 * Starts a server and waits until it listens.
 *
 * @param {EditorServerOptions} options
 * @returns {Promise<EditorServer>}
 * @throws {Failure} When it ends or is silent instead, with what it printed.
 */
export async function startEditorServer({ node, main, dataFolder, port = 0, graceSeconds, env = {} }) {
  mkdirSync(dataFolder, { recursive: true });
  const args = [
    main,
    ...['--host', '127.0.0.1', '--port', String(port)],
    ...['--without-connection-token', '--accept-server-license-terms', '--telemetry-level', 'off'],
    ...serverFolders(dataFolder),
    ...(graceSeconds === undefined ? [] : ['--reconnection-grace-time', String(graceSeconds)]),
  ];
  const child = spawn(node, args, {
    // A group of its own, so that its extension hosts and terminals end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutEditor(process.env), ...env },
  });
  let log = '';
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => child.on('close', () => resolve()));
  const kill = (/** @type {NodeJS.Signals} */ signal) => killGroup(child.pid, signal);
  const killAtExit = () => kill('SIGKILL');
  process.once('exit', killAtExit);
  void ended.then(() => process.off('exit', killAtExit));

  /** @type {number} */
  const listening = await new Promise((resolve, reject) => {
    const give = (/** @type {string} */ what) => {
      kill('SIGKILL');
      const printed = `It printed:\n\n${log.trim() || '(nothing)'}`;
      const taken = log.includes('EADDRINUSE') ? `Port ${port} is in use; take another one.` : undefined;
      reject(new Failure(taken ?? `VS Code’s server ${what}. ${printed}`));
    };
    const timer = setTimeout(() => give(`did not listen within ${startMs / 1000} s`), startMs);
    child.on('error', (error) => give(`could not be started: ${error.message}`));
    child.on('close', (code) => give(`ended at once with code ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
        log = (log + chunk).slice(-100_000);
        const found = /Extension host agent listening on (\d+)/.exec(log);
        if (!found) return;
        clearTimeout(timer);
        resolve(Number(found[1]));
      });
    }
  });

  const stop = async () => {
    kill('SIGTERM');
    const timer = setTimeout(() => kill('SIGKILL'), stopMs);
    await ended;
    clearTimeout(timer);
    // Extension hosts can outlive the server for a moment; nothing of the group may.
    kill('SIGKILL');
  };
  return { pid: child.pid ?? 0, port: listening, log: () => log, ended, stop };
}

/**
 * The arguments that keep all of a server's data in one folder.
 *
 * @param {string} dataFolder
 */
function serverFolders(dataFolder) {
  return [
    ...['--server-data-dir', dataFolder],
    ...['--user-data-dir', join(dataFolder, 'user')],
    ...['--extensions-dir', join(dataFolder, 'extensions')],
  ];
}

/**
 * Writes the settings of a server's user and of its machine: each of the two takes only the scopes that are
 * its own. Settings that are there already are replaced.
 *
 * @param {string} dataFolder
 * @param {Record<string, unknown>} settings
 */
export function writeSettings(dataFolder, settings) {
  for (const path of settingsFiles(dataFolder)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(settings, null, 2));
  }
}

/**
 * Where those settings are.
 *
 * @param {string} dataFolder
 */
export function settingsFiles(dataFolder) {
  return ['User', 'Machine'].map((scope) => join(dataFolder, 'user', scope, 'settings.json'));
}

/**
 * Installs a packaged extension into a server's data folder.
 *
 * @param {object} options
 * @param {string} options.node
 * @param {string} options.main
 * @param {string} options.dataFolder
 * @param {string} options.vsix An absolute path.
 */
export async function installExtension({ node, main, dataFolder, vsix }) {
  await run(node, [
    main,
    ...serverFolders(dataFolder),
    '--accept-server-license-terms',
    '--install-extension',
    vsix,
  ]);
}

/**
 * Lets a server load an extension from where it is built, as if it were installed: what is edited and built
 * there is loaded at the next reload of a window. (The page of a server accepts an extension in development
 * only with a test driver that hides notifications, so this is the nearest to what people will have.)
 *
 * @param {object} options
 * @param {string} options.dataFolder
 * @param {string} options.extensionFolder An absolute path, with the extension's package.json.
 */
export function linkExtension({ dataFolder, extensionFolder }) {
  const { publisher, name, version } = JSON.parse(
    readFileSync(join(extensionFolder, 'package.json'), 'utf8'),
  );
  const id = `${publisher}.${name}`;
  const folder = join(dataFolder, 'extensions');
  const link = join(folder, id);
  mkdirSync(folder, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(extensionFolder, link, 'junction');
  const list = join(folder, 'extensions.json');
  const others = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  const entry = {
    identifier: { id },
    version,
    location: { $mid: 1, path: link, scheme: 'file' },
    relativeLocation: id,
    metadata: { source: 'vsix' },
  };
  const kept = others.filter((/** @type {typeof entry} */ { identifier }) => identifier.id !== id);
  writeFileSync(list, JSON.stringify([...kept, entry]));
}

/**
 * The address that opens a folder.
 *
 * @param {number} port
 * @param {string | null} folder An absolute path.
 */
export function editorUrl(port, folder) {
  if (folder === null) return `http://127.0.0.1:${port}/?ew=true`;
  const name = folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
  return `http://127.0.0.1:${port}/?${new URLSearchParams({ [name]: folder })}`;
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function killGroup(pid, signal) {
  if (!pid) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The whole group is gone already.
  }
}

/**
 * A server started from a terminal inside an editor must not take itself for part of that editor.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function withoutEditor(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('VSCODE_') && name !== 'ELECTRON_RUN_AS_NODE'),
  );
}
