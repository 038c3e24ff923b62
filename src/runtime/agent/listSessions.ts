import type { Result } from '../../protocol/methods.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { SessionHome } from './acpSession.ts';
import type { ListPage } from './agent.ts';
import { agentFailure } from './agentFailures.ts';
import { listOf, loose, textOf } from './loose.ts';

/** Asks an agent for the conversations it knows (A2); its cursor goes back to it as it came. */
export async function listSessions(
  { connection, capabilities, deadlines, name }: SessionHome,
  { cwd, cursor }: ListPage,
): Promise<Result<'agent/sessions'>> {
  if (!capabilities.list) throw new HoldfastError('unsupported', `${name} cannot list its conversations.`);
  const params = { ...(cwd !== undefined && { cwd }), ...(cursor !== undefined && { cursor }) };
  let answer;
  try {
    answer = loose(await connection.request('session/list', params, { deadlineMs: deadlines.open }));
  } catch (error) {
    throw agentFailure(error, `${name} could not list its conversations`);
  }
  const next = textOf(answer['nextCursor']);
  const sessions = listOf(answer['sessions']).flatMap((entry) => {
    const { sessionId, cwd: where, title, updatedAt } = loose(entry);
    if (typeof sessionId !== 'string') return [];
    const fields = { cwd: textOf(where), title: textOf(title)?.slice(0, 500), updatedAt: textOf(updatedAt) };
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    return [{ agentSessionId: sessionId, ...given }];
  });
  return { sessions, ...(next !== undefined && { cursor: next }) };
}
