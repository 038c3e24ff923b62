import type { Envelope } from './events.ts';
import { foldHead, type Head } from './head.ts';
import type { ItemId } from './ids.ts';
import { foldItem, itemIdOf, type Item } from './items.ts';

/** A session's whole folded state: its head, and the rows that are loaded, by id. */
export interface SessionState {
  readonly head: Head | undefined;
  readonly items: ReadonlyMap<ItemId, Item>;
}

export const emptyState: SessionState = { head: undefined, items: new Map() };

/**
 * Folds envelopes into a state (law 5), leaving the given one as it was. The reference that the tests hold every
 * incremental fold against; a page folds row by row with `foldItem` instead, to pay only for what changed.
 */
export function foldState(state: SessionState, envelopes: Iterable<Envelope>): SessionState {
  let { head } = state;
  const items = new Map(state.items);
  for (const envelope of envelopes) {
    foldInto(items, envelope, head?.seq);
    head = foldHead(head, envelope);
  }
  return { head, items };
}

/**
 * Folds one envelope into a map of rows that the caller owns and that has come to `cursor`. Returns the row that changed,
 * if one did.
 */
export function foldInto(items: Map<ItemId, Item>, envelope: Envelope, cursor?: number): Item | undefined {
  const id = itemIdOf(envelope);
  if (id === undefined) return undefined;
  const before = items.get(id);
  const after = foldItem(before, envelope, cursor);
  if (after === undefined || after === before) return undefined;
  items.set(id, after);
  return after;
}

/** Rows in the order of the transcript. */
export function inOrder(items: Iterable<Item>): Item[] {
  return [...items].sort((a, b) => a.position - b.position);
}
