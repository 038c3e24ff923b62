/** Starting other programs, on every platform, with an error that says what was run and what it printed. */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Failure } from './step.mjs';

/** The root folder of this package. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] Defaults to the package's root.
 * @property {Record<string, string | undefined>} [env] Added to this process's environment.
 * @property {boolean} [show] Lets the program write to this terminal instead of collecting its output.
 * @property {string} [node] For `npm`: the Node that it and the install scripts it starts run on.
 */

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} What it wrote to stdout and stderr, empty when it was shown.
 * @throws {Failure} When it cannot be started or exits with another code than 0; names the command,
 * and repeats the end of what it printed unless that was shown already.
 */
export function run(command, args, { cwd = root, env = {}, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (output += chunk));
    }
    const said = [command, ...args].join(' ');
    child.on('error', (error) => reject(new Failure(`Could not run \`${said}\`: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
      const tail = output.trim().split('\n').slice(-25).join('\n');
      reject(new Failure(`\`${said}\` ${how}${tail ? `:\n\n${tail}` : '.'}`));
    });
  });
}

/**
 * Runs npm: the one that runs this script where there is one, else the one beside this Node, else the
 * one on PATH. Going through npm's own script avoids `npm.cmd`, which needs a shell on Windows.
 *
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export function npm(args, options) {
  const script = [process.env['npm_execpath'], ...bundledNpm()].find(
    (path) => path?.endsWith('.js') && existsSync(path),
  );
  const node = options?.node ?? process.env['npm_node_execpath'] ?? process.execPath;
  if (script)
    return run(node, [script, ...args], { ...options, env: { ...options?.env, npm_node_execpath: node } });
  if (process.platform === 'win32') return run('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options);
  return run('npm', args, options);
}

/** Where a Node installation keeps its npm, and what the `npm` on PATH stands for (a link to it on POSIX). */
function bundledNpm() {
  const bin = dirname(process.execPath);
  const beside = [join(bin, 'node_modules'), join(bin, '..', 'lib', 'node_modules')].map((modules) =>
    join(modules, 'npm', 'bin', 'npm-cli.js'),
  );
  const linked = which('npm');
  return linked ? [...beside, realpathSync(linked)] : beside;
}

/**
 * The package, among the optional dependencies, that brings Node 24 for this platform.
 *
 * @returns {string} Its folder.
 * @throws {Failure} When there is none.
 */
export function nodePackage() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const folder = [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]
    .map((name) => join(root, 'node_modules', name))
    .find((path) => existsSync(path));
  if (folder) return folder;
  throw new Failure(
    `No Node 24 comes with the dependencies for ${process.platform} ${process.arch}. Either they are not ` +
      'installed (`npm ci`), or optional ones are left out (`npm config get omit`).',
  );
}

/** The full path of that Node 24, on which tests and builds run. */
export function node24() {
  return join(nodePackage(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * The full path of a program on PATH, if it is there.
 *
 * @param {string} name Without an ending; `.exe` and `.cmd` are tried on Windows.
 * @param {(path: string) => boolean} [accept] Passes over finds for which it returns false.
 * @returns {string | undefined}
 */
export function which(name, accept = () => true) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find((path) => existsSync(path) && accept(path));
}
