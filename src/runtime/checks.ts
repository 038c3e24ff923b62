import type { Clock } from '../base/clock.ts';
import type { ContentBlock } from '../protocol/content.ts';
import type { EventOf } from '../protocol/events.ts';
import { newCheckId } from '../protocol/ids.ts';
import type { CheckOutcome, Until } from '../protocol/turnPlan.ts';
import type { AgentEvent, TurnResult } from './agent/agent.ts';
import { headAndTail, OutputExcerpt } from './checkOutput.ts';
import { pullRequestChecks } from './pullRequestChecks.ts';
import type { Performed, TurnContext } from './turns.ts';
import type { Chain, CommandSpec, Plan, Work } from './turnPlans.ts';
import { filesSignature } from './work/filesSignature.ts';

/** What a check works with. */
export interface CheckParts {
  /** The session's working directory and environment. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly isShell: boolean;
  readonly clock: Clock;
  record(
    event: EventOf<'check.started' | 'check.ended'>,
    place: { readonly turnId: TurnContext['turnId']; readonly by?: TurnContext['by'] },
  ): void;
  /** Runs a command of the turn; `hear` is told its events. */
  run(spec: CommandSpec, hear: (event: AgentEvent) => void): Promise<TurnResult>;
}

/** What looking came to. */
export interface Finding {
  readonly outcome: 'green' | 'red' | 'broken' | 'cancelled';
  readonly exitCode?: number | undefined;
  /** One line for a person. */
  readonly summary?: string | undefined;
  /** What was found wrong, for the agent. */
  readonly report: string;
}

type Checked = Work & { readonly kind: 'prompt'; readonly until: Until; readonly plan?: Plan | undefined };

/**
 * Looks, after a turn that completed, at what has to be green (G1), and says how the turn ends and what the conversation
 * goes on with. It does not go on when the check is green, when the attempts are used up, when the turn was stopped, and when
 * there is no progress: the check failed as it had failed the time before, numbers aside, and no file in the working
 * directory changed in between.
 */
export async function checkAfter(
  work: Checked,
  turn: TurnContext,
  parts: CheckParts,
): Promise<Partial<Performed>> {
  const { until } = work;
  const chain: Chain = work.chain ?? { attempt: 1, content: work.content };
  const { attempt } = chain;
  const { max } = until;
  const place = { turnId: turn.turnId, by: turn.by };
  const checkId = newCheckId();
  const { signal } = turn;
  const files = await filesSignature(parts.cwd, { signal });
  if (signal.aborted) return { outcome: 'cancelled' };
  const command = until.command ?? 'the checks of the pull request';
  const about = { checkId, attempt, max, command, ...(until.pullRequest && { pullRequest: true }) };
  parts.record({ type: 'check.started', ...about }, place);
  const found = await look(until, turn, parts);
  const signature = headAndTail(normalised(`${found.exitCode ?? ''} ${found.report}`));
  const outcome = outcomeOf(found, chain, { signature, files, max });
  const { exitCode, summary } = found;
  parts.record({ type: 'check.ended', checkId, outcome, exitCode, summary }, place);
  const check = { attempt, max, outcome };
  if (outcome === 'green') return { check };
  if (outcome === 'cancelled') return { outcome: 'cancelled' };
  if (outcome !== 'red') return { outcome: 'failed', check, failure: failureOf(outcome, about, found) };
  // Files are looked at again when the check is through: what it wrote itself is no progress of the turn after it.
  const last = { signature, files: await filesSignature(parts.cwd, { signal }) };
  if (signal.aborted) return { outcome: 'cancelled' };
  const content = parts.isShell ? chain.content : [goOn(about, found)];
  const again: Work = {
    kind: 'prompt',
    content,
    plan: work.plan,
    chain: { attempt: attempt + 1, content: chain.content, last },
  };
  return { check, again };
}

function outcomeOf(
  found: Finding,
  { attempt, last }: Chain,
  now: { readonly signature: string; readonly files: string | undefined; readonly max: number },
): CheckOutcome {
  if (found.outcome !== 'red') return found.outcome;
  const same = last !== undefined && last.signature === now.signature;
  // Where not all files could be looked at, they count as changed: the cap still holds.
  if (same && now.files !== undefined && last.files === now.files) return 'noProgress';
  return attempt >= now.max ? 'capped' : 'red';
}

async function look(until: Until, turn: TurnContext, parts: CheckParts): Promise<Finding> {
  if (until.command === undefined) {
    const { signal } = turn;
    const { timeoutMs } = until;
    return pullRequestChecks({ cwd: parts.cwd, env: parts.env, clock: parts.clock, signal, timeoutMs });
  }
  const excerpt = new OutputExcerpt();
  const { command, timeoutMs } = until;
  const result = await parts.run({ command, timeoutMs }, (event) => excerpt.hear(event));
  if (turn.signal.aborted) return { outcome: 'cancelled', report: '' };
  const { outcome, exitCode, failure } = result;
  if (outcome === 'completed') return { outcome: 'green', exitCode, report: '' };
  const report = excerpt.text;
  return { outcome: 'red', exitCode, summary: failure?.message, report };
}

/** The prompt with which the conversation goes on. */
function goOn(
  {
    attempt,
    max,
    command,
    pullRequest,
  }: { attempt: number; max: number; command: string; pullRequest?: boolean },
  { report, summary }: Finding,
): ContentBlock {
  const what = pullRequest === true ? 'The checks of the pull request are' : `The check \`${command}\` is`;
  const fence = '`'.repeat(Math.max(3, 1 + longestRun(report)));
  const lines = [
    `${what} not green after this turn (attempt ${attempt} of ${max})${summary === undefined ? '.' : `: ${summary}`}`,
    ...(report.trim() === '' ? ['It printed nothing.'] : ['', fence, report.trimEnd(), fence]),
    '',
    'Go on with the task until it is.',
  ];
  return { type: 'text', text: lines.join('\n') };
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function failureOf(
  outcome: Exclude<CheckOutcome, 'green' | 'red' | 'cancelled'>,
  { max, command }: { readonly max: number; readonly command: string },
  { summary = '' }: Finding,
) {
  const message = {
    capped: `Not green after ${max} ${max === 1 ? 'attempt' : 'attempts'}: ${summary || command}`,
    noProgress: `Stopped: ${command} failed as it had failed before, and no file changed in between.`,
    broken: summary,
  }[outcome];
  return { kind: outcome === 'broken' ? 'commandFailed' : 'checkFailed', message };
}

/** What differs from run to run though nothing changed: numbers, times, colours, space. */
function normalised(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex
      .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
      .replace(/\b[0-9a-f]{7,}\b/gi, '#')
      .replace(/\d+/g, '#')
      .replace(/\s+/g, ' ')
  );
}
