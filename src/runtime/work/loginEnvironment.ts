import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { delimiter } from 'node:path';
import { systemClock, type Clock } from '../../base/clock.ts';
import { ProcessTree } from './processTree.ts';
import { personsShell } from './shells.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the person's shell is asked with. */
export interface LoginOptions {
  readonly clock?: Clock;
  /** How long its start-up files may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** Told why the environment stays as it was. */
  onProblem?(text: string): void;
}

/** Start-up files that install or wait for something are not waited for. */
const TIMEOUT_MS = 10_000;
/** They may print; so much is read. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Names that belong to the one run of the shell. */
const PASSING = /^(_|PWD|OLDPWD|SHLVL|HOLDFAST_LOGIN)$/u;

let asked: Promise<Record<string, string>> | undefined;

/**
 * The environment that the person's own terminal would have (P6), for agents and shells: asked of the login shell once in a
 * runtime's life. A fact about the whole process, like its environment itself.
 */
export function personsEnvironment(options: LoginOptions = {}): Promise<Record<string, string>> {
  asked ??= loginEnvironment(process.env, options);
  return asked;
}

/**
 * The given environment with what the login shell adds. Started from a terminal (a shell counts its depth in `SHLVL`), it has
 * all that already; started from the desktop it has hardly any PATH. The shell's value wins, but for PATH, where what only the
 * given one has comes last. Never rejects: a shell that fails, or is not done in time, adds nothing. Windows has no such shell.
 */
export async function loginEnvironment(
  given: Environment,
  options: LoginOptions = {},
): Promise<Record<string, string>> {
  const own = defined(given);
  if (process.platform === 'win32' || given['SHLVL'] !== undefined) return own;
  const { onProblem = () => undefined } = options;
  try {
    const login = await askShell(own, options);
    if (login === undefined) return own;
    const path = [...(login['PATH'] ?? '').split(delimiter), ...(own['PATH'] ?? '').split(delimiter)];
    return { ...own, ...login, PATH: [...new Set(path.filter((folder) => folder !== ''))].join(delimiter) };
  } catch (error) {
    onProblem(`the login shell could not be asked for its environment: ${String(error)}`);
    return own;
  }
}

async function askShell(
  own: Record<string, string>,
  options: LoginOptions,
): Promise<Record<string, string> | undefined> {
  const { clock = systemClock, timeoutMs = TIMEOUT_MS, onProblem = () => undefined } = options;
  const { file } = personsShell(own);
  const mark = randomUUID();
  const child = spawn(file, ['-l', '-i', '-c', `printf '${mark}'; command env -0; printf '${mark}'`], {
    cwd: homedir(),
    env: { ...own, HOLDFAST_LOGIN: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
    // Without a terminal of its own it cannot stop itself by reading ours.
    detached: true,
  });
  if (child.pid === undefined) {
    await new Promise((_, reject) => child.on('error', reject));
    return undefined;
  }
  const tree = new ProcessTree(child.pid, clock);
  const text = await new Promise<string | undefined>((resolve) => {
    let out = '';
    const timer = clock.after(timeoutMs, () => resolve(undefined));
    const done = (result: string | undefined): void => {
      timer.dispose();
      resolve(result);
    };
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      out += more;
      if (out.split(mark).length > 2 || out.length > MOST_BYTES) done(out);
    });
    child.on('error', () => done(undefined)).on('close', () => done(out));
  });
  child.stdout.destroy();
  void tree.end({ graceMs: 100 });
  const printed = text?.split(mark)[1];
  if (printed === undefined) {
    onProblem(`${file} did not tell its environment within ${timeoutMs / 1000} s; PATH stays as it was`);
    return undefined;
  }
  return read(printed);
}

function read(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\0').flatMap((entry) => {
      const at = entry.indexOf('=');
      const name = entry.slice(0, at);
      return at > 0 && !PASSING.test(name) ? [[name, entry.slice(at + 1)]] : [];
    }),
  );
}

function defined(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
