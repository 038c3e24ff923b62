import { statSync } from 'node:fs';
import { extname, isAbsolute, win32 } from 'node:path';

/** What is handed to `spawn`. With `verbatim` the arguments go to Windows as they are. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  readonly verbatim: boolean;
}

/**
 * How a program is started. On POSIX as it stands. On Windows it is looked up with PATHEXT, and a `.cmd` or `.bat` shim,
 * which Node refuses to start by itself, goes through cmd with its arguments quoted for both parsers (P6).
 */
export function commandLine(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  {
    platform = process.platform,
    exists = isFile,
  }: { platform?: NodeJS.Platform; exists?: (file: string) => boolean } = {},
): CommandLine {
  if (platform !== 'win32') return { file: command, args, verbatim: false };
  const file = lookUp(command, env, exists) ?? command;
  if (!/\.(cmd|bat)$/i.test(file)) return { file, args, verbatim: false };
  const line = [quoteForCmd(win32.normalize(file)), ...args.map(quoteTwiceForCmd)].join(' ');
  return {
    file: variable(env, 'ComSpec') ?? 'cmd.exe',
    args: ['/d', '/s', '/c', `"${line}"`],
    verbatim: true,
  };
}

function lookUp(
  command: string,
  env: Readonly<Record<string, string>>,
  exists: (file: string) => boolean,
): string | undefined {
  const endings = (variable(env, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';');
  const named = extname(command) === '' ? endings.map((ending) => command + ending.toLowerCase()) : [command];
  const plain = isAbsolute(command) || win32.isAbsolute(command) || /[\\/]/.test(command);
  const folders = plain ? [''] : (variable(env, 'Path') ?? '').split(';').filter((folder) => folder !== '');
  const candidates = folders.flatMap((folder) =>
    named.map((name) => (folder === '' ? name : win32.join(folder, name))),
  );
  return candidates.find(exists);
}

function variable(env: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(env).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** Every character that means something to cmd, escaped. */
function quoteForCmd(text: string): string {
  return text.replace(/[()\][%!^"`<>&|;, *?]/g, '^$&');
}

/** A shim hands its arguments to a second cmd: quoted once for the program, escaped once for each of the two. */
function quoteTwiceForCmd(argument: string): string {
  const quoted = `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, '$1$1')}"`;
  return quoteForCmd(quoteForCmd(quoted));
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
