import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built program that a person runs. */
export const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run, when not simply to its end. */
export interface ProgramOptions {
  readonly home: string;
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** The program to run in place of `dist/cli.js`. */
  readonly program?: string;
  /** Sees stdout as it comes. */
  onOutput?(stdout: string, child: ChildProcess): void;
}

/** Runs `holdfast` as a script would, without a terminal. */
export function holdfast(args: readonly string[], options: ProgramOptions): Promise<Ended> {
  const { home, cwd, env, input, program = cli, onOutput } = options;
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, HOLDFAST_HOME: home, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined).end(input ?? '');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput?.(stdout, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** What `--json` printed. */
export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
