import type { Result } from '../protocol/methods.ts';
import type { Summary } from '../protocol/summary.ts';
import { relativeTime } from './sessionLook.ts';
import type { Translate } from './words.ts';

/** A conversation that an agent itself knows. */
export type Conversation = Result<'agent/sessions'>['sessions'][number];

/** The newest first; those that say nothing of their age last, as the agent gave them. Pure. */
export function sortConversations(conversations: readonly Conversation[]): Conversation[] {
  return conversations.toSorted((a, b) => (changedAt(b) ?? 0) - (changedAt(a) ?? 0));
}

/** The session that a conversation of an agent is already, of those that are known here. Pure. */
export function sessionOf(
  { agentSessionId }: Pick<Conversation, 'agentSessionId'>,
  agent: string,
  sessions: readonly Summary[],
): Summary | undefined {
  return sessions.find((each) => each.agent.id === agent && each.agentSessionId === agentSessionId);
}

/** How a conversation is shown: its title, else a part of its id, and how old it is where the agent says so. Pure. */
export function conversationTexts(
  { title, agentSessionId, updatedAt }: Conversation,
  now: number,
  t: Translate,
): { readonly label: string; readonly description: string } {
  const oneLine = title?.replaceAll(/\s+/gu, ' ').trim() ?? '';
  const changed = changedAt({ updatedAt });
  return {
    label: oneLine === '' ? t('Untitled conversation {0}', agentSessionId.slice(0, 8)) : oneLine,
    description: changed === undefined ? '' : relativeTime(changed, now, t),
  };
}

/** Milliseconds since the epoch; `undefined` where the agent says nothing that can be read. */
function changedAt({ updatedAt }: Pick<Conversation, 'updatedAt'>): number | undefined {
  const at = updatedAt === undefined ? Number.NaN : Date.parse(updatedAt);
  return Number.isNaN(at) ? undefined : at;
}
