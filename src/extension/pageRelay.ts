import { isHoldfastError } from '../protocol/errors.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Cursor, Method } from '../protocol/methods.ts';
import {
  PAGE_METHODS,
  type FromPage,
  type PageError,
  type PageMethod,
  type ToPage,
} from '../protocol/page.ts';
import { saidError } from './saidError.ts';
import { english, type Translate } from './words.ts';

/** What relaying needs of the window's connection. */
export interface RelayTarget {
  request(method: Method, params: never): Promise<unknown>;
  /** The session as it is open in this window. */
  session(
    sessionId: SessionId,
  ): { readonly head: { readonly ended: boolean }; readonly cursor: Cursor } | undefined;
}

/** Methods that make an ended session go on: it is opened again first. */
const writing: ReadonlySet<PageMethod> = new Set(['session/prompt', 'session/command']);

/**
 * Answers a request of a page: relays those of the allow-list, about the one session that the page shows, and refuses
 * every other (law 8). What the page cannot say for itself, the session and the command's id, is set here. Never rejects.
 */
export async function relay(
  { requestId, sessionId, method, params }: Extract<FromPage, { type: 'request' }>,
  shown: SessionId | undefined,
  target: RelayTarget,
  t: Translate = english,
): Promise<Extract<ToPage, { type: 'response' }>> {
  try {
    if (!PAGE_METHODS.includes(method)) throw new Error(`a page may not ask for ${String(method)}`);
    if (sessionId !== shown) throw new Error('the page shows another session now');
    if (writing.has(method)) await reopen(sessionId, target);
    const { commandId: _, ...given } = params;
    const result = await target.request(method, { ...given, sessionId } as never);
    return { type: 'response', requestId, result };
  } catch (error) {
    return { type: 'response', requestId, error: pageError(error, t) };
  }
}

/** A failure in the words that a page shows. */
export function pageError(error: unknown, t: Translate): PageError {
  return { kind: isHoldfastError(error) ? error.kind : 'internalError', message: saidError(error, t) };
}

/** Writing to an ended session opens it again, events going on where they are. */
async function reopen(sessionId: SessionId, target: RelayTarget): Promise<void> {
  const session = target.session(sessionId);
  if (session?.head.ended === true)
    await target.request('session/resume', { sessionId, cursor: session.cursor } as never);
}
