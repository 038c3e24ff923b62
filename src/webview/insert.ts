import type { ContentBlock } from '../protocol/content.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { DraftImage, PromptOptions } from '../protocol/page.ts';

/** What was sent, to be changed and sent again. */
export interface Again {
  readonly content: readonly ContentBlock[];
  readonly options?: PromptOptions | undefined;
}

/** The composer of a session. */
export interface Taker {
  /** Adds text behind what stands there. */
  take(text: string): void;
  /** Puts something in the place of what stands there, which is not lost. */
  edit(again: Again): void;
  /** Adds the images that were kept of its draft. */
  restore(images: readonly DraftImage[]): void;
}

let taker: { readonly sessionId: SessionId; readonly own: Taker } | undefined;
let waiting: { readonly sessionId: SessionId; readonly text: string } | undefined;

/** Adds text to what is being written for a session, behind what stands there; it waits until there is a composer for it. */
export function insertText(sessionId: SessionId, text: string): void {
  if (taker?.sessionId === sessionId) return taker.own.take(text);
  const before = waiting?.sessionId === sessionId ? waiting.text : '';
  waiting = { sessionId, text: joined(before, text) };
}

/** Puts what was sent before into the composer of a session, if it is there. */
export function editAgain(sessionId: SessionId, again: Again): void {
  if (taker?.sessionId === sessionId) taker.own.edit(again);
}

let kept: { readonly sessionId: SessionId; readonly images: readonly DraftImage[] } | undefined;

/** Gives the composer of a session the images that were kept of its draft; they wait until it is there. */
export function restoreImages(sessionId: SessionId, images: readonly DraftImage[]): void {
  if (taker?.sessionId === sessionId) taker.own.restore(images);
  else kept = { sessionId, images };
}

/** Names the composer of a session, which takes what is put there; returns what takes that back. */
export function offerInsert(sessionId: SessionId, own: Taker): () => void {
  taker = { sessionId, own };
  if (waiting?.sessionId === sessionId) {
    own.take(waiting.text);
    waiting = undefined;
  }
  if (kept?.sessionId === sessionId) own.restore(kept.images);
  kept = undefined;
  return () => {
    if (taker?.own === own) taker = undefined;
  };
}

/** Two texts in one field: the second begins a line, unless there is nothing before it. Pure. */
export function joined(before: string, text: string): string {
  return before === '' || before.endsWith('\n') ? before + text : `${before}\n${text}`;
}
