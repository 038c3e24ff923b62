import type { Clock } from '../base/clock.ts';
import type { Finding } from './checks.ts';
import { headAndTail } from './checkOutput.ts';
import { runCommand, type CommandResult } from './work/commandRun.ts';
import { childEnvironment } from './work/environment.ts';
import { personsEnvironment } from './work/loginEnvironment.ts';

/** Milliseconds between two looks at checks that have not ended. */
const POLL_MS = 15_000;
/** So long checks may take, unless told otherwise. */
const PATIENCE_MS = 60 * 60_000;
/** A push is known before its checks are: so often that there are none yet is waited for. */
const NONE_YET = 4;
/** One call of `gh` takes no longer. */
const CALL_MS = 60_000;

/** What is asked of `gh`; its words for a state (`bucket`) are pass, fail, pending, skipping and cancel. */
const FIELDS = 'name,bucket,state,link,workflow';

interface Check {
  readonly name: string;
  readonly bucket: string;
  readonly state?: string | undefined;
  readonly link?: string | undefined;
  readonly workflow?: string | undefined;
}

/** Where and how long to look. */
export interface PullRequestLook {
  readonly cwd: string;
  /** The session's own variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number | undefined;
}

/**
 * The checks of the pull request that belongs to the branch of a working directory, by `gh pr checks`; waits until all have
 * ended. Green when none failed; broken, with words that say what helps, when there is no `gh` or no pull request.
 */
export async function pullRequestChecks(look: PullRequestLook): Promise<Finding> {
  const { clock, signal, timeoutMs = PATIENCE_MS } = look;
  const deadline = clock.monotonic() + timeoutMs;
  const env = childEnvironment(await personsEnvironment(), look.env, {
    NO_COLOR: '1',
    GH_PROMPT_DISABLED: '1',
  });
  for (let none = 0; ;) {
    const asked = await askGh(look, env);
    if (signal.aborted) return { outcome: 'cancelled', report: '' };
    if (asked.problem !== undefined && (!asked.noneYet || ++none >= NONE_YET))
      return { outcome: 'broken', summary: asked.problem, report: '' };
    const { checks = [] } = asked;
    const pending = checks.filter(({ bucket }) => bucket === 'pending');
    if (asked.problem === undefined && pending.length === 0) return finding(checks);
    if (clock.monotonic() >= deadline) {
      const summary = `${pending.length} checks had not ended after ${timeoutMs / 1000} s`;
      return { outcome: 'broken', summary, report: '' };
    }
    await pause(clock, POLL_MS, signal);
    if (signal.aborted) return { outcome: 'cancelled', report: '' };
  }
}

interface Asked {
  readonly checks?: readonly Check[];
  readonly problem?: string;
  readonly noneYet?: boolean;
}

async function askGh(
  { cwd, clock, signal }: PullRequestLook,
  env: Readonly<Record<string, string>>,
): Promise<Asked> {
  const out = { stdout: '', stderr: '' };
  const result = await runCommand({
    command: 'gh',
    args: ['pr', 'checks', '--json', FIELDS],
    cwd,
    env,
    signal,
    clock,
    timeoutMs: CALL_MS,
    onStarted: () => undefined,
    onOutput: (stream, text) => void (out[stream] += text),
  });
  // It exits with 1 or 8 when checks failed or have not ended, and prints them all the same.
  const read = parsed(out.stdout);
  if (read !== undefined)
    return read.length === 0
      ? { problem: 'The pull request has no checks.', noneYet: true }
      : { checks: read };
  return problemOf(result, out.stderr);
}

function parsed(text: string): readonly Check[] | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) && read.every(isCheck) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isCheck(value: unknown): value is Check {
  if (typeof value !== 'object' || value === null) return false;
  const { name, bucket, ...rest } = value as Record<string, unknown>;
  const optional = [rest['state'], rest['link'], rest['workflow']];
  return [name, bucket].every(isText) && optional.every((field) => field === undefined || isText(field));
}

const isText = (value: unknown): boolean => typeof value === 'string';

function problemOf({ failure, exitCode }: CommandResult, stderr: string): Asked {
  if (failure !== undefined && exitCode === -1) {
    const help = 'install the GitHub CLI and sign in with `gh auth login`, or give a command as the check';
    return { problem: `The checks of the pull request cannot be read: ${failure.message}; ${help}.` };
  }
  const said = stderr.trim().split('\n')[0] || `gh exited with ${exitCode}`;
  return {
    problem: `The checks of the pull request cannot be read: ${said}`,
    noneYet: /no checks reported/i.test(said),
  };
}

function finding(checks: readonly Check[]): Finding {
  const failed = checks.filter(({ bucket }) => bucket === 'fail' || bucket === 'cancel');
  if (failed.length === 0) return { outcome: 'green', summary: `${checks.length} checks passed`, report: '' };
  const lines = failed.map(({ name, workflow, state = 'failed', link = '' }) =>
    `${workflow ? `${workflow} / ` : ''}${name}: ${state.toLowerCase()} ${link}`.trim(),
  );
  const summary = `${failed.length} of ${checks.length} checks failed`;
  return { outcome: 'red', summary, report: headAndTail(lines.join('\n')) };
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      timer.dispose();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = clock.after(ms, over);
    signal.addEventListener('abort', over);
  });
}
