import * as vscode from 'vscode';
import type { Mention } from '../protocol/composer.ts';
import type { ContentBlock } from '../protocol/content.ts';
import type { SessionId } from '../protocol/ids.ts';
import { transcriptEnd } from '../protocol/transcriptText.ts';
import { sessionIdIn } from './linkPath.ts';
import { sessionLink } from './sessionLink.ts';
import type { SessionList } from './sessionList.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Characters of a transcript that go with a prompt: its end. */
const MOST_TEXT = 60_000;
/** Rows that are asked for to have them. */
const MOST_ROWS = 200;
/** Characters of a title that stand in the text. */
const MOST_NAME = 40;

/** What mentions of sessions work with. */
export interface SessionMentionParts {
  readonly connection: WindowConnection;
  readonly list: SessionList;
}

/** The sessions that another one can be told of, those used last first. */
export function sessionMentions({ list }: SessionMentionParts, shown: SessionId | undefined): Mention[] {
  const names = new Set<string>();
  return list.sorted().flatMap(({ sessionId, title, agent, archived }) => {
    if (archived || sessionId === shown) return [];
    const words = title
      .slice(0, MOST_NAME)
      .trim()
      .replaceAll(/[\s@]+/gu, '-');
    const name = names.has(words) ? `${words}-${sessionId.slice(0, 8)}` : words;
    names.add(words);
    return [
      { kind: 'session' as const, name: `session:${name}`, detail: agent.name, uri: sessionLink(sessionId) },
    ];
  });
}

/**
 * The end of another session's transcript as Markdown, which says what is left out. Rejects as the requests do. `undefined` for
 * an address that is no session's.
 */
export async function sessionContent(
  { connection }: SessionMentionParts,
  address: string,
): Promise<ContentBlock | undefined> {
  const sessionId = sessionIdIn(vscode.Uri.parse(address).path) as SessionId | undefined;
  if (sessionId === undefined) return undefined;
  const [{ head }, { items, more }] = await Promise.all([
    connection.request('session/get', { sessionId }),
    connection.request('session/history', { sessionId, limit: MOST_ROWS }),
  ]);
  const text = transcriptEnd(head, items, { most: MOST_TEXT, more });
  return { type: 'resource', resource: { uri: sessionLink(sessionId), mimeType: 'text/markdown', text } };
}
