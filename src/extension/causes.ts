import type { InteractionId, SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import type { NotificationSettings } from './settings.ts';

/** Something a person should hear of while they look elsewhere (U4). `key` names it for ever. */
export type Cause =
  | {
      readonly kind: 'needsYou';
      readonly key: string;
      readonly sessionId: SessionId;
      readonly interactionId: InteractionId;
      readonly what: string;
    }
  | { readonly kind: 'failed' | 'finished'; readonly key: string; readonly sessionId: SessionId };

/**
 * What a session that the runtime named gives cause to say: what it waits for, and of several things the one that was not
 * open `before`; or how it ended. Pure.
 */
export function causeOf({
  summary,
  before,
}: {
  readonly summary: Summary;
  readonly before: Summary | undefined;
}): Cause | undefined {
  const { sessionId, attention, needs, turnCount } = summary;
  const known = new Set(before?.needs.map(({ interactionId }) => interactionId));
  const need = needs.find(({ interactionId }) => !known.has(interactionId)) ?? needs.at(-1);
  if (need !== undefined) {
    const { interactionId, title } = need;
    return { kind: 'needsYou', key: `needs:${interactionId}`, sessionId, interactionId, what: title };
  }
  if (attention !== 'failed' && attention !== 'finished') return undefined;
  return { kind: attention, key: `${attention}:${sessionId}:${turnCount}`, sessionId };
}

/** Whether a person wants to hear of a cause; of the end of a turn only when it was long enough for them (U4). Pure. */
export function isWanted(
  { kind }: Cause,
  { summary, before }: { readonly summary: Summary; readonly before: Summary | undefined },
  wanted: NotificationSettings,
): boolean {
  if (!wanted[kind]) return false;
  if (kind !== 'finished' || before?.turnStartedAt === undefined) return true;
  return summary.updatedAt - before.turnStartedAt >= wanted.finishedAfterSeconds * 1000;
}
