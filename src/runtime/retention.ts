import type { Clock } from '../base/clock.ts';
import type { By } from '../protocol/events.ts';
import { HoldfastError, isHoldfastError } from '../protocol/errors.ts';
import type { Head } from '../protocol/head.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Params, Result } from '../protocol/methods.ts';
import { isUnreadable } from './journal/database.ts';
import type { Journal } from './journal/journal.ts';
import type { Log } from './log.ts';
import type { Deletion, Sessions } from './sessions.ts';

/** What retention works with. */
export interface RetentionParts {
  readonly journal: Journal;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Log;
  /** A session is gone, with its journal. */
  onDeleted(sessionId: SessionId): void;
}

/** Sessions that one call of prune looks at. */
const PRUNE_AT_ONCE = 1000;
/** Milliseconds of work between two breaths, in which everybody else has their turn. */
const BREATH_MS = 8;

/** Deletes sessions: one by its id, or all that nobody has used for a while (J7). Owned by the runtime. */
export class Retention {
  readonly #parts: RetentionParts;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Ends a session and removes it with all it had. Throws `sessionNotFound`, `sessionBusy` unless forced, `storageFailed`. */
  async delete(sessionId: SessionId, options: Deletion): Promise<void> {
    const { journal, sessions } = this.#parts;
    if (journal.state.storage === 'failed') {
      throw new HoldfastError(
        'storageFailed',
        `nothing can be deleted: the journal cannot be written: ${journal.state.reason}`,
      );
    }
    await sessions.delete(sessionId, options);
    this.#parts.onDeleted(sessionId);
  }

  /** Deletes, or with `dryRun` only names, the sessions that nothing happened in for a while; archiving one counts as that. Pinned and busy ones stay. */
  async prune(
    { olderThanMs, archivedOnly, dryRun }: Omit<Params<'session/prune'>, 'commandId'>,
    by: By,
  ): Promise<Result<'session/prune'>> {
    const { clock, journal } = this.#parts;
    const asked = { updatedBefore: clock.now() - olderThanMs, archivedOnly };
    const { chosen, more } = await this.#chosen(asked);
    const sessions: Result<'session/prune'>['sessions'] = [];
    let bytes = 0;
    const breathe = breathing(clock);
    for (const { sessionId, title, updatedAt } of chosen) {
      let weight = 0;
      // What several of them share goes with the last, also where none goes yet.
      const others = dryRun ? sessions.map(({ sessionId: other }) => other) : [];
      for (const stretch of journal.weigh(sessionId, others)) {
        weight += stretch;
        await breathe();
      }
      const head = journal.head(sessionId)?.head;
      // Others had their turns since it was chosen: somebody may use it again.
      if (head === undefined || !isOut(head, asked)) continue;
      if (!dryRun && !(await this.#deleted(sessionId, by))) continue;
      bytes += weight;
      sessions.push({ sessionId, title, updatedAt });
      await breathe();
    }
    return { sessions, bytes, deleted: dryRun ? 0 : sessions.length, more };
  }

  async #chosen(asked: Asked): Promise<{ readonly chosen: readonly Head[]; readonly more: boolean }> {
    const { journal, clock } = this.#parts;
    const { updatedBefore, archivedOnly } = asked;
    const filter = { updatedBefore, ...(archivedOnly && { archived: true }) };
    const breathe = breathing(clock);
    const chosen: Head[] = [];
    let after: string | undefined;
    do {
      const page = journal.heads(filter, { limit: 200, after });
      for (const { head } of page.heads) if (isOut(head, asked)) chosen.push(head);
      after = page.next;
      await breathe();
    } while (after !== undefined && chosen.length <= PRUNE_AT_ONCE);
    return { chosen: chosen.slice(0, PRUNE_AT_ONCE), more: chosen.length > PRUNE_AT_ONCE };
  }

  /** A session that began to work, or went, in the meantime is none to prune, and one too damaged to be deleted keeps no others. */
  async #deleted(sessionId: SessionId, by: By): Promise<boolean> {
    try {
      await this.delete(sessionId, { force: false, by });
      return true;
    } catch (error) {
      if (isHoldfastError(error, 'sessionBusy') || isHoldfastError(error, 'sessionNotFound')) return false;
      if (!(error instanceof Error && (isUnreadable(error) || isUnreadable(error.cause)))) throw error;
      this.#parts.log.error(`session ${sessionId} is damaged and cannot be deleted`, error);
      return false;
    }
  }
}

/** Which sessions are to go, of those that nobody needs. */
interface Asked {
  /** When something happened in them last, before this time in milliseconds since 1970. */
  readonly updatedBefore: number;
  readonly archivedOnly: boolean;
}

/** Whether a session is one to prune. */
function isOut(head: Head, { updatedBefore, archivedOnly }: Asked): boolean {
  const { pinned, archived, archivedAt = 0, updatedAt } = head;
  if (pinned || isBusy(head) || (archivedOnly && !archived)) return false;
  return updatedAt < updatedBefore && archivedAt < updatedBefore;
}

function isBusy({ turn, queue, interactions, phase }: Head): boolean {
  return turn !== undefined || queue.length > 0 || interactions.length > 0 || phase === 'opening';
}

/** Lets others work when a while of work has passed. */
function breathing(clock: Clock): () => Promise<void> {
  let since = clock.monotonic();
  return async () => {
    if (clock.monotonic() - since < BREATH_MS) return;
    await new Promise<void>((resolve) => void setImmediate(resolve));
    since = clock.monotonic();
  };
}
