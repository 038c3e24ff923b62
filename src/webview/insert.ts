import type { ContentBlock } from '../protocol/content.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { DraftImage, DraftParts, PromptOptions } from '../protocol/page.ts';

/** What was sent, to be changed and sent again. */
export interface Again {
  readonly content: readonly ContentBlock[];
  readonly options?: PromptOptions | undefined;
}

/** What was written, and what went with it. */
export interface Unsent extends DraftParts {
  readonly text: string;
}

/** Where the page keeps drafts: see `Host`. */
interface Drafts {
  kept(key: 'drafts', sessionId: SessionId): string | undefined;
  keep(key: 'drafts', sessionId: SessionId, text: string): void;
}

/** The composer of a session; until its script is there, it takes text alone. */
export interface Taker {
  /** Adds text behind what stands there, and keeps it. */
  take(text: string): void;
  /** Puts something in the place of what stands there, which is not lost. */
  edit?(again: Again): void;
  /** Puts back what could not be sent, before what stands there. */
  putBack?(unsent: Unsent): void;
  /** Adds the images that were kept of its draft. */
  restore?(images: readonly DraftImage[]): void;
}

let taker: { readonly sessionId: SessionId; readonly own: Taker } | undefined;
/** Adds text to what is being written for a session, behind what stands there, whether that is shown or kept. */
export function insertText(drafts: Drafts, sessionId: SessionId, text: string): void {
  if (taker?.sessionId === sessionId) return taker.own.take(text);
  drafts.keep('drafts', sessionId, joined(drafts.kept('drafts', sessionId) ?? '', text));
}

/** Puts what was sent before into the composer of a session, if it is there. */
export function editAgain(sessionId: SessionId, again: Again): void {
  if (taker?.sessionId === sessionId) taker.own.edit?.(again);
}

/** Puts what could not be sent back into the composer of a session. Says whether one is there. */
export function putBack(sessionId: SessionId, unsent: Unsent): boolean {
  if (taker?.sessionId !== sessionId || taker.own.putBack === undefined) return false;
  taker.own.putBack(unsent);
  return true;
}

let kept: { readonly sessionId: SessionId; readonly images: readonly DraftImage[] } | undefined;

/** Gives the composer of a session the images that were kept of its draft; they wait until it is there. */
export function restoreImages(sessionId: SessionId, images: readonly DraftImage[]): void {
  if (taker?.sessionId === sessionId && taker.own.restore !== undefined) taker.own.restore(images);
  else kept = { sessionId, images };
}

/** Names the composer of a session, which takes what is put there; returns what takes that back. */
export function offerInsert(sessionId: SessionId, own: Taker): () => void {
  taker = { sessionId, own };
  if (kept !== undefined && kept.sessionId !== sessionId) kept = undefined;
  if (kept !== undefined && own.restore !== undefined) {
    own.restore(kept.images);
    kept = undefined;
  }
  return () => {
    if (taker?.own === own) taker = undefined;
  };
}

/** Two texts in one field: the second begins a line, unless there is nothing before it. Pure. */
export function joined(before: string, text: string): string {
  return before === '' || before.endsWith('\n') ? before + text : `${before}\n${text}`;
}
