import type { SessionId } from '../protocol/ids.ts';

interface Taker {
  readonly sessionId: SessionId;
  take(text: string): void;
}

let taker: Taker | undefined;
let waiting: { readonly sessionId: SessionId; readonly text: string } | undefined;

/** Adds text to what is being written for a session, behind what stands there; it waits until there is a composer for it. */
export function insertText(sessionId: SessionId, text: string): void {
  if (taker?.sessionId === sessionId) return taker.take(text);
  const before = waiting?.sessionId === sessionId ? waiting.text : '';
  waiting = { sessionId, text: joined(before, text) };
}

/** Names the composer of a session, which takes inserted text; returns what takes that back. */
export function offerInsert(sessionId: SessionId, take: (text: string) => void): () => void {
  const own: Taker = { sessionId, take };
  taker = own;
  if (waiting?.sessionId === sessionId) {
    take(waiting.text);
    waiting = undefined;
  }
  return () => {
    if (taker === own) taker = undefined;
  };
}

/** Two texts in one field: the second begins a line, unless there is nothing before it. Pure. */
export function joined(before: string, text: string): string {
  return before === '' || before.endsWith('\n') ? before + text : `${before}\n${text}`;
}
