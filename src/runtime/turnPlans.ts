import type { ContentBlock } from '../protocol/content.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { EventOf } from '../protocol/events.ts';
import type { QueuedTurn } from '../protocol/head.ts';
import type { TurnId } from '../protocol/ids.ts';
import type { Steering } from './agent/agent.ts';
import type { Unattended } from '../protocol/permission.ts';
import { shownAddress } from './work/artifactUpload.ts';
import type { CommandNote, CommandSpec, DownloadSpec, Until } from '../protocol/turnPlan.ts';

export type { CommandSpec } from '../protocol/turnPlan.ts';

/** What a turn carries besides its work. */
export interface Plan {
  readonly deadlineMs?: number | undefined;
  readonly waitLimitMs?: number | undefined;
  readonly unattended?: Unattended | undefined;
  readonly downloads?: readonly DownloadSpec[] | undefined;
  readonly before?: readonly CommandSpec[] | undefined;
  readonly after?: readonly CommandSpec[] | undefined;
  readonly until?: Until | undefined;
}

/** Where a prompt stands that goes on until green (G1). */
export interface Chain {
  /** From 1. */
  readonly attempt: number;
  /** What was asked first; the Shell agent runs it again. */
  readonly content: readonly ContentBlock[];
  /** What the check before found, to see whether anything changed since. */
  readonly last?: { readonly signature: string; readonly files: string | undefined } | undefined;
}

/** What a turn does. */
export type Work =
  | {
      readonly kind: 'prompt';
      readonly content: readonly ContentBlock[];
      readonly plan?: Plan | undefined;
      readonly chain?: Chain | undefined;
      /** The agent has it already, and works on it. */
      readonly begun?: Steering | undefined;
    }
  | { readonly kind: 'command'; readonly spec: CommandSpec; readonly plan?: Plan | undefined };

type Queued = Omit<EventOf<'turn.queued'>, 'type' | 'turnId' | 'front'>;

/**
 * Writes down what waits, and reads it again. Values of environment variables never enter the journal, and secrets are taken
 * out of it: what a turn was sent with is kept here as well, for as long as it waits. A turn whose values were lost with a
 * runtime cannot run. Owned by the turns.
 */
export class TurnPlans {
  readonly #kept = new Map<TurnId, Work>();
  /** Turns whose content this runtime was given, and can send as it was. */
  readonly #whole = new Set<TurnId>();

  /** The body of `turn.queued`. */
  note(turnId: TurnId, work: Work): Queued {
    this.#whole.add(turnId);
    const plan = notedPlan(work.plan);
    if (work.kind === 'command' || plan.plan !== undefined) this.#kept.set(turnId, work);
    if (work.kind === 'prompt') return { kind: 'prompt', content: [...work.content], ...plan };
    const { command, cwd, timeoutMs, env = {} } = work.spec;
    return {
      kind: 'command',
      content: [{ type: 'text', text: command }],
      command: { cwd, timeoutMs, envNames: Object.keys(env) },
      ...plan,
    };
  }

  /** A waiting turn was given other content. */
  edited(turnId: TurnId): void {
    this.#whole.add(turnId);
  }

  /** What a waiting turn does, with what it was edited to. Throws `interrupted`, naming the values that are gone. */
  read({ turnId, kind, content, command, plan, redacted }: QueuedTurn): Work {
    const kept = this.#kept.get(turnId);
    if (redacted?.content !== undefined && !this.#whole.has(turnId)) throw secretLost(redacted.content, kind);
    if (redacted?.plan !== undefined && kept === undefined) throw secretLost(redacted.plan, 'plan');
    if (kind === 'command') {
      const line = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
      if (kept?.kind === 'command') return { ...kept, spec: { ...kept.spec, command: line } };
      const spec = withoutValues({ command: line, ...command });
      return {
        kind,
        spec,
        ...(plan && { plan: { deadlineMs: plan.deadlineMs, waitLimitMs: plan.waitLimitMs } }),
      };
    }
    if (kept?.kind === 'prompt') return { ...kept, content };
    if (plan?.downloads !== undefined) throw addressesLost(plan.downloads.map(({ from }) => from));
    const before = plan?.before?.map(withoutValues);
    const after = plan?.after?.map(withoutValues);
    return { kind, content, ...(plan && { plan: { ...plan, downloads: undefined, before, after } }) };
  }

  /** A turn waits no longer. */
  forget(turnId: TurnId): void {
    this.#kept.delete(turnId);
    this.#whole.delete(turnId);
  }
}

/** Whether there is nothing to do for a prompt but to send it. */
export function isBare(plan: Plan = {}): boolean {
  return Object.values(plan).every((value) => value === undefined);
}

/** Every command that a turn runs, apart from its check. */
export function commandsOf(work: Work): readonly CommandSpec[] {
  if (work.kind === 'command') return [work.spec];
  return [...(work.plan?.before ?? []), ...(work.plan?.after ?? [])];
}

/** A plan as the journal keeps it, if there is anything in it. */
export function notedPlan(plan: Plan | undefined): Pick<Queued, 'plan'> {
  if (plan === undefined || isBare(plan)) return {};
  const { downloads, before, after, ...rest } = plan;
  return {
    plan: {
      ...rest,
      ...(downloads && {
        downloads: downloads.map(({ url, ...spec }) => ({ ...spec, from: shownAddress(url) })),
      }),
      ...(before && { before: before.map(note) }),
      ...(after && { after: after.map(note) }),
    },
  };
}

function note({ env, ...rest }: CommandSpec): CommandNote {
  return env === undefined ? rest : { ...rest, envNames: Object.keys(env) };
}

/** A prompt is never sent with a mark where a secret stood (C5). */
function secretLost(names: readonly string[], where: QueuedTurn['kind'] | 'plan'): HoldfastError {
  const what = {
    prompt: 'It was not sent: it',
    command: 'It was not run: it',
    plan: 'It was not sent: a command of it',
  }[where];
  const values = names.length === 0 ? 'a secret' : `the value of ${names.join(', ')}`;
  return new HoldfastError(
    'interrupted',
    `${what} held ${values}, which was lost with the runtime; send it again`,
    { names },
  );
}

function addressesLost(from: readonly string[]): HoldfastError {
  return new HoldfastError(
    'interrupted',
    `the whole addresses of its downloads (${from.join(', ')}) were lost with the runtime; send it again`,
  );
}

function withoutValues({ envNames = [], ...spec }: CommandNote): CommandSpec {
  if (envNames.length === 0) return spec;
  throw new HoldfastError(
    'interrupted',
    `the values of ${envNames.join(', ')} were lost with the runtime; send it again`,
  );
}
