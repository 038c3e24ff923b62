import type { Envelope } from '../../protocol/events.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { Batch } from './batch.ts';
import { BlobCutter, type Cut } from './blobCutter.ts';
import type { Database } from './database.ts';
import type { SessionImport } from './journal.ts';
import type { Log, LogOwner } from './log.ts';
import type { Logs } from './logs.ts';
import type { Tables } from './tables.ts';

/** What a session that is being taken in needs of the journal. */
export interface UnseenSessionParts {
  readonly database: Database;
  readonly tables: Tables;
  readonly logs: Logs;
  /** Takes what is appended to it once it is seen. */
  readonly journal: LogOwner;
  /** Throws `storageFailed` while the database takes no writes. */
  mustBeWritable(): void;
  /** So much was written, in bytes of text. */
  onWritten(bytes: number): void;
  /** What it had is to be removed. */
  onGivenUp(key: number): void;
  /** It is to be seen, with the next transaction. */
  onShow(log: Log): void;
  /** How what SQLite threw is told. */
  failed(error: unknown): Error;
}

/** Implements `SessionImport`. Owned by whoever takes the session in. */
export class UnseenSession implements SessionImport, LogOwner {
  readonly log: Log;
  readonly #parts: UnseenSessionParts;
  readonly #cutter = new BlobCutter();
  #batch = new Batch();
  #cuts: Cut[] = [];
  #isNoted = false;
  #isOver = false;
  #isShown = false;

  constructor(parts: UnseenSessionParts, sessionId: SessionId) {
    this.#parts = parts;
    this.log = parts.logs.unseen(sessionId, this);
  }

  putBlob(sha256: string, stretch: Uint8Array, size: number): void {
    this.#cuts.push(...this.#cutter.add(sha256, stretch, size));
  }

  write(): void {
    const { database, tables, mustBeWritable, onWritten, failed } = this.#parts;
    this.checkOpen();
    mustBeWritable();
    const batch = this.#batch;
    const cuts = this.#cuts;
    if (batch.isEmpty && cuts.length === 0) return;
    try {
      database.transaction({ durable: false }, () => {
        if (!this.#isNoted) tables.unseen.begin(this.log.key);
        for (const cut of cuts) this.#writeCut(cut);
        batch.writeContent(tables);
      });
    } catch (error) {
      throw failed(error);
    }
    this.#isNoted = true;
    this.#batch = new Batch();
    this.#cuts = [];
    batch.contentCommitted();
    onWritten(cuts.reduce((sum, { bytes }) => sum + bytes.byteLength, batch.bytes));
  }

  #writeCut(cut: Cut): void {
    const { blobs } = this.#parts.tables;
    blobs.writePart(this.log.key, cut);
    if (cut.size !== undefined) blobs.complete(cut.sha256, cut.size);
  }

  show(): void {
    this.write();
    this.#isShown = true;
    this.#isOver = true;
    this.#parts.logs.adopt(this.log);
    this.#parts.onShow(this.log);
  }

  dispose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.log.release();
    if (this.#isNoted) this.#parts.onGivenUp(this.log.key);
  }

  checkOpen(): void {
    this.#parts.journal.checkOpen();
  }

  enqueue(log: Log, envelope: Envelope, json: string, durable: boolean): void {
    if (this.#isShown) this.#parts.journal.enqueue(log, envelope, json, durable);
    else this.#batch.addEnvelope(log, envelope, json, durable);
  }

  committed(): Promise<void> {
    return this.#parts.journal.committed();
  }
}
