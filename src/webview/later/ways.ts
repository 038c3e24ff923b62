import type { Outcome } from '../../protocol/head.ts';
import type { TurnItem } from '../../protocol/items.ts';
import type { PageAction, PromptOptions } from '../../protocol/page.ts';

/** A way out of what went wrong: the same once more, the same after a change, or something the editor does. */
export type Way =
  | 'retry'
  | 'edit'
  | Extract<PageAction, 'restartAgent' | 'signInAgent' | 'manageAgents' | 'showLog' | 'doctor'>;

const sendAgain: readonly Way[] = ['retry', 'edit'];

/** What helps besides sending again, by the kind of failure (`errors.ts`), the most likely one first. */
const helps: Readonly<Record<string, readonly Way[]>> = {
  agentFailed: ['restartAgent', 'showLog'],
  badAnswer: ['restartAgent', 'showLog'],
  timedOut: ['restartAgent'],
  agentStartFailed: ['manageAgents', 'showLog', 'doctor'],
  agentUnknown: ['manageAgents'],
  agentNotInstalled: ['manageAgents'],
  agentInstallFailed: ['manageAgents', 'showLog'],
  agentDefinitionBroken: ['manageAgents'],
  cwdMissing: ['doctor'],
  cwdUnusable: ['doctor'],
  storageFailed: ['doctor', 'showLog'],
  internalError: ['showLog', 'doctor'],
};

/** The ways out of a turn that did not come to its end, best first. Pure. */
export function waysOut(outcome: Outcome, kind: string | undefined): readonly Way[] {
  if (outcome === 'completed' || outcome === 'cancelled') return [];
  // What was refused is refused again.
  if (outcome === 'refused') return ['edit', 'retry'];
  if (kind === 'signInRequired' || kind === 'signInFailed') return ['signInAgent', ...sendAgain];
  return [...sendAgain, ...waysOutOf(kind)];
}

/** The ways out of an agent that is gone or did not start while no turn ran. Pure. */
export function waysBack(kind: string | undefined): readonly Way[] {
  if (kind === 'signInRequired' || kind === 'signInFailed') return ['signInAgent'];
  const ways = waysOutOf(kind).filter((way) => way !== 'restartAgent');
  return ways.length > 0 ? ways : ['showLog', 'doctor'];
}

/**
 * What a turn was sent with, to be sent so again; `undefined` where that is not known any more: values of variables and whole
 * addresses are not kept, nor is what was secret. Pure.
 */
export function optionsOf({
  plan = {},
  origin,
}: Pick<TurnItem, 'plan' | 'origin'>): PromptOptions | undefined {
  const { before = [], after = [], until, downloads = [] } = plan;
  if (downloads.length > 0 || [...before, ...after].some(({ envNames = [] }) => envNames.length > 0))
    return undefined;
  if (holdsSecret([before, after, until])) return undefined;
  return {
    // A conversation that goes on because of its check has these behind it.
    ...(before.length > 0 && origin !== 'check' && { before }),
    ...(after.length > 0 && { after }),
    ...(until !== undefined && { until }),
  };
}

/** Whether a secret was taken out of something that is to be sent again (C5). Pure. */
export function holdsSecret(value: unknown): boolean {
  return JSON.stringify(value)?.includes('[redacted]') ?? false;
}

function waysOutOf(kind: string | undefined): readonly Way[] {
  return (kind === undefined ? undefined : helps[kind]) ?? [];
}
