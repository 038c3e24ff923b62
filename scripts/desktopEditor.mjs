/** Finding a desktop VS Code that can open an extension in development. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { run, which } from './run.mjs';

/** The oldest version that Holdfast runs in; package.json says the same. */
const oldest = { major: 1, minor: 110 };

/**
 * Finds the person's VS Code.
 *
 * @returns {Promise<string | undefined>} Its executable, or nothing when there is none that can do it here.
 */
export async function findDesktopEditor() {
  if (!hasDisplay()) return undefined;
  const found = which('code', isDesktop) ?? usualPlaces().find((path) => existsSync(path));
  if (!found) return undefined;
  const executable = withoutShim(found);
  const version = await versionOf(found);
  if (version && isNewEnough(version)) return executable;
  console.error(
    `Passing over ${found}: ${version ? `it is VS Code ${version.join('.')}` : 'it does not run'}.`,
  );
  return undefined;
}

/** @param {[number, number]} version Major and minor. */
function isNewEnough([major, minor]) {
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}

/** Whether a window can be opened. */
export function hasDisplay() {
  if (process.platform !== 'linux') return !process.env['SSH_CONNECTION'] || process.platform === 'win32';
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/**
 * Terminals inside VS Code have a `code` that only talks to the window around it, over a remote connection
 * too; in WSL it is the one of Windows. None of them opens an extension in development from here.
 *
 * @param {string} path
 */
function isDesktop(path) {
  const real = realpathSync(path);
  if (/remote-cli|code-server|vscode-server/.test(real)) return false;
  return !(process.env['WSL_DISTRO_NAME'] && real.startsWith('/mnt/'));
}

/** Where VS Code is when it did not put `code` on PATH. */
function usualPlaces() {
  if (process.platform === 'darwin') {
    return ['/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code'];
  }
  if (process.platform !== 'win32') return [];
  const folders = ['LOCALAPPDATA', 'ProgramFiles'].flatMap((name) => process.env[name] ?? []);
  return folders.flatMap((folder) => [
    join(folder, 'Programs', 'Microsoft VS Code', 'bin', 'code.cmd'),
    join(folder, 'Microsoft VS Code', 'bin', 'code.cmd'),
  ]);
}

/**
 * On Windows `code` is a batch file, which cannot be started without a shell; the program is beside it.
 *
 * @param {string} path
 */
function withoutShim(path) {
  const program = join(dirname(path), '..', 'Code.exe');
  return path.endsWith('.cmd') && existsSync(program) ? program : path;
}

/**
 * @param {string} path
 * @returns {Promise<[number, number] | undefined>} Major and minor, or nothing when it does not say.
 */
async function versionOf(path) {
  const shell = path.endsWith('.cmd');
  const [command, args] = shell
    ? [process.env['ComSpec'] ?? 'cmd.exe', ['/d', '/s', '/c', path, '--version']]
    : [path, ['--version']];
  // As root it answers only when told where its data may be; the version is all that is asked here.
  const root = process.platform === 'linux' && process.getuid?.() === 0;
  const more = root ? ['--no-sandbox', '--user-data-dir', '/nonexistent'] : [];
  const output = await run(command, [...args, ...more]).catch(() => '');
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+/m.exec(output) ?? [];
  return major && minor ? [Number(major), Number(minor)] : undefined;
}
