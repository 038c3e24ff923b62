import type { JournalId } from '../../protocol/ids.ts';
import type { Attached, Cursor } from '../../protocol/methods.ts';
import type { ClientFeed } from '../feed.ts';
import type { Journal } from '../journal/journal.ts';
import type { Session } from '../session.ts';

/** Rows given with a snapshot when a client's cursor cannot be served. */
const SNAPSHOT_ROWS = 200;

/** Where a client wants to begin. */
export interface Start {
  readonly cursor?: Cursor | undefined;
  readonly tail?: number | undefined;
}

/**
 * Attaches a client's feed in one synchronous step (law 6). A cursor of another lineage, or one beyond the end, cannot be
 * served: the answer is `reset` with a snapshot.
 */
export function attachTo(journal: Journal, session: Session, start: Start, feed: ClientFeed): Attached {
  const { sessionId, journal: lineage } = session;
  const { cursor, tail } = start;
  const stored = journal.head(sessionId);
  const head = stored?.head ?? session.head;
  const lost = cursor !== undefined && (cursor.journal !== lineage || cursor.seq > head.seq);
  if (!lost && tail === undefined) {
    const seq = cursor?.seq ?? 0;
    feed.attach(sessionId, seq);
    return { sessionId, cursor: at(lineage, seq), head, reset: false };
  }
  const { items, more, seq } = journal.items(sessionId, {
    limit: tail === undefined || tail === 0 ? SNAPSHOT_ROWS : tail,
  });
  feed.attach(sessionId, seq);
  const rows = tail === 0 && !lost ? [] : [...items];
  return {
    sessionId,
    cursor: at(lineage, seq),
    head,
    reset: lost,
    items: rows,
    more: more || rows.length < items.length,
  };
}

const at = (journal: JournalId, seq: number): Cursor => ({ journal, seq });
