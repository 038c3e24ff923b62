import { accessSync, constants, existsSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/** A command interpreter of this machine. */
export interface Shell {
  readonly file: string;
  readonly dialect: 'posix' | 'fish' | 'powershell' | 'cmd';
}

const POSIX_SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'ksh93', 'mksh', 'yash']);

/**
 * The shell that commands run in (ARCHITECTURE.md). POSIX: the person's (`SHELL`) where its language is known, else
 * `/bin/sh`. Windows: PowerShell, else cmd.
 */
export function personsShell(env: Readonly<Record<string, string | undefined>>): Shell {
  return process.platform === 'win32' ? windowsShell(env) : posixShell(env['SHELL']);
}

function posixShell(file: string | undefined): Shell {
  const name = basename(file ?? '');
  const dialect = name === 'fish' ? 'fish' : POSIX_SHELLS.has(name) ? 'posix' : undefined;
  if (file === undefined || dialect === undefined || !runnable(file))
    return { file: '/bin/sh', dialect: 'posix' };
  return { file, dialect };
}

function windowsShell(env: Readonly<Record<string, string | undefined>>): Shell {
  const value = (name: string): string | undefined =>
    Object.entries(env).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  const system = join(value('SystemRoot') ?? 'C:\\Windows', 'System32');
  const folders = (value('Path') ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    ...folders.map((folder) => join(folder, 'pwsh.exe')),
    join(system, 'WindowsPowerShell', 'v1.0', 'powershell.exe'),
  ];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file !== undefined) return { file, dialect: 'powershell' };
  return { file: value('ComSpec') ?? join(system, 'cmd.exe'), dialect: 'cmd' };
}

function runnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * How a shell is started to run a text and end; a POSIX one finds `parameters` in its `$1` and on. The text begins on the shell's
 * first line, which its messages count from. With `verbatim` the arguments go to Windows unquoted.
 */
export function shellInvocation(
  { file, dialect }: Shell,
  text: string,
  parameters: readonly string[] = [],
): { readonly file: string; readonly args: readonly string[]; readonly verbatim: boolean } {
  switch (dialect) {
    case 'posix': {
      // Before `$1` comes `$0`, which is the shell's own name without any.
      const given = parameters.length === 0 ? [] : [file, ...parameters];
      return { file, args: ['-c', text, ...given], verbatim: false };
    }
    case 'fish':
      return { file, args: ['-c', text], verbatim: false };
    case 'powershell': {
      // Base64 of UTF-16 is the one way past PowerShell's quoting that keeps every character.
      const encoded = Buffer.from(
        `[Console]::OutputEncoding=[Text.Encoding]::UTF8; ${text}`,
        'utf16le',
      ).toString('base64');
      return {
        file,
        args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-EncodedCommand', encoded],
        verbatim: false,
      };
    }
    case 'cmd':
      return { file, args: ['/d', '/s', '/c', `"${text}"`], verbatim: true };
  }
}
