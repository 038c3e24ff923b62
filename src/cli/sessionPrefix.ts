import type { Connection } from '../client/connect.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { usageError } from './command.ts';

/** All sessions, archived ones too unless told otherwise, by last change. */
export async function allSessions(
  connection: Connection,
  filter: { readonly archived?: boolean } = {},
): Promise<Summary[]> {
  const found: Summary[] = [];
  let after: string | undefined;
  do {
    const page = await connection.list({ limit: 1000, ...filter, ...(after === undefined ? {} : { after }) });
    found.push(...page.sessions);
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** The session that an id, or an unambiguous beginning of one, names. Throws a usage error that says what is wrong with it. */
export async function findSession(connection: Connection, prefix: string): Promise<SessionId> {
  const sessions = await allSessions(connection);
  const matching = sessions.filter(({ sessionId }) => sessionId.startsWith(prefix));
  const exact = matching.find(({ sessionId }) => sessionId === prefix);
  const [only, ...others] = exact === undefined ? matching : [exact];
  if (only === undefined)
    throw usageError(`no session begins with "${prefix}"`, 'holdfast ls shows the sessions there are.');
  if (others.length > 0) {
    const names = matching.slice(0, 5).map(({ sessionId, title }) => `${sessionId} (${title})`);
    throw usageError(
      `"${prefix}" names ${matching.length} sessions: ${names.join(', ')}${matching.length > 5 ? ', …' : ''}`,
      'Give more of the id.',
    );
  }
  return only.sessionId;
}

/** The shortest beginning, of at least eight characters, that names one id among others. */
export function shortIds(ids: readonly string[]): Map<string, string> {
  const sorted = [...new Set(ids)].sort();
  const common = (a = '', b = ''): number => {
    let length = 0;
    while (length < a.length && a[length] === b[length]) length++;
    return length;
  };
  return new Map(
    sorted.map((id, index) => [
      id,
      id.slice(0, Math.max(8, 1 + common(id, sorted[index - 1]), 1 + common(id, sorted[index + 1]))),
    ]),
  );
}
