import type { ItemId } from '../protocol/ids.ts';
import type { PageStore } from './store.ts';

/** Rows asked for at once on the way to a place far back. */
const ROWS = 500;

/** Leads to a row, loading what lies between; does nothing when the row is gone. `position` is its place in the order. */
export async function reveal(
  store: PageStore,
  { itemId, position }: { readonly itemId: ItemId; readonly position: number },
): Promise<void> {
  const shown = store.sessionId.peek();
  while (store.row(itemId) === undefined && store.more.peek()) {
    const first = store.firstPosition;
    if (first === undefined || first <= position) return;
    await store.loadEarlier(ROWS);
    if (store.firstPosition === first || store.sessionId.peek() !== shown) return;
  }
  if (store.row(itemId) !== undefined) store.revealed.value = itemId;
}
