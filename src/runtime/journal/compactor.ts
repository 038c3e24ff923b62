import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Database, Statement } from './database.ts';
import type { Committed } from './journal.ts';
import { SpanFinder, type Span } from './spans.ts';
import type { Tables } from './tables.ts';

/** A session is quiet when no event came for so long, in milliseconds. */
export const QUIET_MS = 30_000;
/** Milliseconds of work at once: nothing else happens meanwhile. */
const SLICE_MS = 3;
/** Milliseconds between two slices. */
const PAUSE_MS = 16;
/** Envelopes read, and rows removed, between two looks at the clock. */
const STEP = 32;
/** About what that writes to the log, in bytes. */
const STEP_BYTES = STEP * 512;

/** What the compactor needs of the journal it works on. */
export interface CompactorParts {
  readonly database: Database;
  readonly tables: Tables;
  readonly clock: Clock;
  /** Whether the database takes writes now. */
  isWritable(): boolean;
  /** Whether a turn of the session runs. */
  isRunning(sessionId: SessionId): boolean;
  /** Rows of a session, by its key, are not what they were. */
  onReplaced(key: number): void;
  /** About so much was written, in bytes. */
  onWritten(bytes: number): void;
}

/** A session that is being compacted. */
interface Job {
  readonly key: number;
  readonly id: SessionId;
  /** The end of its last settled turn. */
  readonly until: number;
  readonly finder: SpanFinder;
  /** How far it was read. */
  seq: number;
  /** Rows that an envelope stands for by now: from `from` to before `before`. */
  covered: { readonly from: number; before: number }[];
}

interface Candidate {
  readonly key: number;
  readonly id: SessionId;
  readonly settled_seq: number;
  readonly compacted_seq: number;
}

/**
 * Compacts the settled turns of quiet sessions in the background (law 1): first the last row of a span becomes the envelope
 * that stands for all of it, then the rows before it are removed from the back. At any instant between, and after a crash,
 * what a reader gets from any number on has no gap and folds to the same state. Owned by the journal.
 */
export class Compactor implements Disposable {
  readonly #parts: CompactorParts;
  readonly #waiting: Statement<Candidate>;
  readonly #done: Statement<never>;
  /** When something last happened in sessions that were in use of late. */
  readonly #used = new Map<SessionId, number>();
  /** What could not be compacted, by keys: it is tried again after all others. */
  readonly #failed = new Set<number>();
  #timer: Disposable | undefined;
  #job: Job | undefined;
  #disposed = false;

  constructor(parts: CompactorParts) {
    this.#parts = parts;
    this.#waiting = parts.database.prepare(
      'SELECT key, id, settled_seq, compacted_seq FROM session WHERE compacted_seq < settled_seq ORDER BY key',
    );
    this.#done = parts.database.prepare('UPDATE session SET compacted_seq = ? WHERE key = ?');
    this.#later(QUIET_MS);
  }

  /** Notes what was committed: a session in which something happens is not quiet. */
  saw(batch: Committed): void {
    const now = this.#parts.clock.monotonic();
    for (const { sessionId, event } of batch) {
      if (event.type === 'turn.started' || event.type === 'turn.ended' || this.#used.has(sessionId))
        this.#used.set(sessionId, now);
    }
    if (this.#used.size > 0) this.#later(QUIET_MS);
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
  }

  #later(ms: number): void {
    if (this.#timer !== undefined || this.#disposed) return;
    this.#timer = this.#parts.clock.after(ms, () => {
      this.#timer = undefined;
      this.#work();
    });
  }

  #work(): void {
    if (!this.#parts.isWritable()) return this.#later(QUIET_MS);
    try {
      this.#job ??= this.#next();
      if (this.#job !== undefined) {
        this.#slice(this.#job);
        return this.#later(PAUSE_MS);
      }
    } catch {
      // A disk that is full is the committer's to tell of; whatever it was, the turn is looked at anew.
      if (this.#job !== undefined) this.#failed.add(this.#job.key);
      this.#job = undefined;
      return this.#later(QUIET_MS);
    }
    if (this.#used.size > 0 || this.#failed.size > 0) this.#later(QUIET_MS);
    this.#failed.clear();
  }

  #next(): Job | undefined {
    const { clock, isRunning } = this.#parts;
    const quietSince = clock.monotonic() - QUIET_MS;
    for (const [id, at] of this.#used) if (at <= quietSince && !isRunning(id)) this.#used.delete(id);
    for (const { key, id, settled_seq, compacted_seq } of this.#waiting.iterate()) {
      if (this.#failed.has(key) || this.#used.has(id) || isRunning(id)) continue;
      return { key, id, until: settled_seq, finder: new SpanFinder(), seq: compacted_seq, covered: [] };
    }
    return undefined;
  }

  #slice(job: Job): void {
    const { database, clock, onWritten } = this.#parts;
    const end = clock.monotonic() + SLICE_MS;
    let steps = 1;
    database.transaction({ durable: false }, () => {
      for (; this.#step(job); steps++) if (clock.monotonic() >= end) return;
      this.#done.run(job.until, job.key);
      this.#job = undefined;
    });
    onWritten(steps * STEP_BYTES);
  }

  /** A little of the work; whether there is more. */
  #step(job: Job): boolean {
    const { envelopes } = this.#parts.tables;
    const covered = job.covered[0];
    if (covered !== undefined) {
      const after = Math.max(covered.from, covered.before - STEP);
      envelopes.erase(job.key, after, covered.before);
      covered.before = after;
      if (after === covered.from) job.covered.shift();
      return true;
    }
    const rows = envelopes.rowsAfter(job, job.seq, STEP);
    for (const row of rows) {
      const { seq, from = seq } = row.envelope;
      // What a crash left of a span whose envelope stands already.
      if (from < seq && from <= job.seq) job.covered.push({ from, before: seq });
      const span = job.finder.feed(row);
      if (span !== undefined) this.#replace(job, span);
      job.seq = seq;
      if (seq >= job.until) break;
    }
    return job.covered.length > 0 || (rows.length > 0 && job.seq < job.until);
  }

  #replace(job: Job, { envelope, json, blob, from, seq }: Span): void {
    const { envelopes, blobs } = this.#parts.tables;
    // The session may have been deleted in the meantime.
    if (!envelopes.replace(job.key, envelope, json)) return;
    this.#parts.onReplaced(job.key);
    if (blob !== undefined) blobs.write(job.key, blob.sha256, blob.data);
    job.covered.push({ from, before: seq });
  }
}
