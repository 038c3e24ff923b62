import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { systemClock, type Clock } from '../base/clock.ts';
import { errorText } from '../base/errorText.ts';
import { launchReportSchema, type LaunchReport } from '../protocol/discovery.ts';
import { errorCodes, HoldfastError, type ErrorKind } from '../protocol/errors.ts';
import { homePaths } from './home.ts';
import { nodeEnvironment, type ChosenNode } from './node.ts';

/** How long a runtime may take to say that it listens. */
export const LAUNCH_DEADLINE_MS = 20_000;

const TAIL_BYTES = 4 * 1024;

/** What a runtime is started with. */
export interface LaunchOptions {
  readonly home: string;
  readonly node: ChosenNode;
  /** The copy of the bundle to run, see `builds.ts`. */
  readonly bundle: string;
  readonly clock?: Clock | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Starts a runtime, detached, and gives what it reported: `ready`, or `taken` when another one holds the home. It lives
 * on when this process ends. Throws the runtime's own error when it says why it cannot start, else `runtimeUnreachable`
 * with the tail of its stderr; a runtime that says nothing within 20 s is killed.
 */
export async function launch(options: LaunchOptions): Promise<Exclude<LaunchReport, { failed: unknown }>> {
  const { home, node, bundle, clock = systemClock, env = process.env } = options;
  const stderr = openStderr(home);
  let report: LaunchReport;
  try {
    report = await start();
  } finally {
    closeSync(stderr.handle);
  }
  if (!('failed' in report)) return report;
  const { kind, message } = report.failed;
  throw new HoldfastError(
    Object.hasOwn(errorCodes, kind) ? (kind as ErrorKind) : 'runtimeUnreachable',
    message,
    { home },
  );

  function start(): Promise<LaunchReport> {
    // The types do not know that a pipe is asked for here and a file there.
    const child = spawn(node.execPath, [bundle, '--home', home], {
      cwd: home,
      detached: true,
      windowsHide: true,
      // A file, not a pipe: whatever the runtime writes there later has a reader.
      stdio: ['ignore', 'pipe', stderr.handle],
      env: nodeEnvironment(node, env),
    }) as ChildProcessByStdio<null, Readable, null>;
    return new Promise((resolve, reject) => {
      const fail = (what: string, cause?: unknown): void => {
        const tail = stderr.tail();
        const words = `the runtime could not be started: ${what}${tail === '' ? '' : `\n${tail}`}`;
        reject(
          new HoldfastError(
            'runtimeUnreachable',
            words,
            { home, node: node.execPath, bundle, stderrTail: tail },
            cause,
          ),
        );
      };
      const deadline = clock.after(LAUNCH_DEADLINE_MS, () => {
        child.kill('SIGKILL');
        fail(`it said nothing for ${LAUNCH_DEADLINE_MS / 1000} s`);
      });
      child.once('error', (error) => {
        deadline.dispose();
        fail(`${node.execPath}: ${error.message}`, error);
      });
      child.once('close', (code, signal) => {
        deadline.dispose();
        fail(`it ended with ${signal ?? `exit code ${code}`} before it was ready`);
      });
      createInterface({ input: child.stdout }).once('line', (line) => {
        deadline.dispose();
        child.removeAllListeners('close');
        child.stdout.destroy();
        child.unref();
        try {
          resolve(launchReportSchema.parse(JSON.parse(line)));
        } catch (error) {
          fail(`it reported something that cannot be understood: ${errorText(error)}`, error);
        }
      });
    });
  }
}

/** The file that takes a runtime's stderr, and what was written to it since. */
function openStderr(home: string): { readonly handle: number; tail(): string } {
  const { logs } = homePaths(home);
  const file = path.join(logs, 'launch.log');
  try {
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    const large = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 1024 * 1024;
    const handle = openSync(file, large ? 'w' : 'a', 0o600);
    const start = statSync(file).size;
    return {
      handle,
      tail: () => readFileSync(file).subarray(start).subarray(-TAIL_BYTES).toString('utf8').trim(),
    };
  } catch (error) {
    throw new HoldfastError(
      'homeUnusable',
      `the data directory ${home} cannot be written: ${errorText(error)}`,
      { home },
      error,
    );
  }
}
