import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Envelope } from '../../protocol/events.ts';
import { newJournalId, type CommandId, type SessionId } from '../../protocol/ids.ts';
import { Blobs, type BlobPart, type ByteRange } from './blobs.ts';
import { Commands, kept } from './commands.ts';
import { Committer, type Schedule } from './committer.ts';
import type { Database } from './database.ts';
import { Envelopes } from './envelopes.ts';
import { Heads } from './heads.ts';
import { Items, ItemTable } from './items.ts';
import type { HeadFilter, Journal, SessionLog, StoredEnvelope, StoredHead } from './journal.ts';
import { endUse } from './lineage.ts';
import { Log, type LogOwner } from './log.ts';

/** Implements `Journal` over an open, migrated database, which it owns from then on. */
export class SqliteJournal implements Journal, LogOwner {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #envelopes: Envelopes;
  readonly #heads: Heads;
  readonly #items: ItemTable;
  readonly #commands: Commands;
  readonly #blobs: Blobs;
  readonly #committer: Committer;
  readonly #logs = new Map<SessionId, Log>();
  #lastKey: number;

  constructor(
    database: Database,
    options: {
      readonly clock: Clock;
      readonly schedule: Schedule;
      readonly onError?: ((error: unknown) => void) | undefined;
    },
  ) {
    this.#database = database;
    this.#clock = options.clock;
    this.#envelopes = new Envelopes(database);
    this.#heads = new Heads(database, this.#envelopes);
    this.#items = new ItemTable(database);
    this.#commands = new Commands(database);
    this.#blobs = new Blobs(database);
    this.#lastKey = this.#heads.lastKey();
    const tables = {
      envelopes: this.#envelopes,
      heads: this.#heads,
      commands: this.#commands,
      blobs: this.#blobs,
    };
    this.#committer = new Committer(database, tables, options);
  }

  get onCommitted(): Journal['onCommitted'] {
    return this.#committer.onCommitted;
  }

  get onState(): Journal['onState'] {
    return this.#committer.onState;
  }

  get state(): Journal['state'] {
    return this.#committer.state;
  }

  create(sessionId: SessionId): SessionLog {
    this.checkOpen();
    const known = this.#logs.get(sessionId);
    if (known?.head !== undefined || (known === undefined && this.#heads.keyOf(sessionId) !== undefined)) {
      throw new HoldfastError('sessionExists', `session ${sessionId} already exists`, { sessionId });
    }
    known?.release();
    const key = ++this.#lastKey;
    const log = new Log(
      this,
      { key, id: sessionId, journal: newJournalId(), head: undefined },
      this.#newItems(key, sessionId, 0),
    );
    this.#logs.set(sessionId, log);
    return log;
  }

  log(sessionId: SessionId): SessionLog | undefined {
    return this.#log(sessionId);
  }

  release(sessionId: SessionId): void {
    const log = this.#logs.get(sessionId);
    if (log === undefined) return;
    // What waits to be written holds on to the log: a second one beside it would take its numbers.
    if (this.state.storage === 'failed') return;
    if (log.items.hasChanges) this.#committer.fill().addItems(log);
    if (!this.#committer.flush()) return;
    log.release();
    this.#logs.delete(sessionId);
  }

  delete(sessionId: SessionId): boolean {
    this.release(sessionId);
    if (this.#logs.has(sessionId)) throw this.#storageFailed();
    const stored = this.#heads.get(sessionId);
    if (stored === undefined) return false;
    try {
      this.#database.transaction({ durable: true }, () => {
        this.#blobs.removeSession(stored.key);
        this.#envelopes.remove(stored.key);
        this.#items.remove(stored.key);
        this.#heads.remove(stored.key);
      });
    } catch (error) {
      throw this.#storageFailed(error);
    }
    return true;
  }

  head(sessionId: SessionId): StoredHead | undefined {
    this.#committer.settleForReading();
    const log = this.#logs.get(sessionId);
    if (log !== undefined) return log.committedHead && { head: log.committedHead, journal: log.journal };
    const stored = this.#heads.get(sessionId);
    return stored && { head: stored.head, journal: stored.journal };
  }

  heads(filter: HeadFilter, page: { readonly limit: number; readonly after?: string | undefined }) {
    this.#committer.settleForReading();
    return this.#heads.list(filter, page);
  }

  unsettled(): readonly StoredHead[] {
    this.#committer.settleForReading();
    return this.#heads.unsettled();
  }

  count(): number {
    this.#committer.settleForReading();
    return this.#heads.count();
  }

  read(
    sessionId: SessionId,
    after: number,
    bounds: { readonly maxEvents: number; readonly maxBytes: number },
  ): readonly StoredEnvelope[] {
    this.#committer.settleForReading();
    const key = this.#logs.get(sessionId)?.key ?? this.#heads.keyOf(sessionId);
    return key === undefined ? [] : this.#envelopes.read({ key, id: sessionId }, after, bounds);
  }

  items(
    sessionId: SessionId,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): ReturnType<Journal['items']> {
    this.#committer.settleForReading();
    const isLoaded = this.#logs.has(sessionId);
    const log = this.#log(sessionId);
    if (log === undefined) return { items: [], more: false, seq: 0 };
    const items = log.isCommitted ? log.items : this.#committedItems(log);
    const { before = Number.MAX_SAFE_INTEGER, limit } = page;
    const answer = { ...items.page(before, limit), seq: log.committedSeq };
    if (!isLoaded) this.release(sessionId);
    return answer;
  }

  remember(commandId: CommandId, method: string, result: unknown): void {
    const json = JSON.stringify(result) ?? null;
    this.#committer.fill().commands.set(commandId, { method, json, at: this.#clock.now() });
  }

  recall(commandId: CommandId): { readonly method: string; readonly result: unknown } | undefined {
    this.checkOpen();
    const pending = this.#committer.pending.commands.get(commandId);
    return pending === undefined ? this.#commands.get(commandId) : kept(pending.method, pending.json);
  }

  putBlob(sessionId: SessionId, data: Uint8Array): string {
    const log = this.#log(sessionId);
    if (log === undefined)
      throw new HoldfastError('sessionNotFound', `there is no session ${sessionId}`, { sessionId });
    const sha256 = createHash('sha256').update(data).digest('hex');
    this.#committer.fill().addBlob(log, sha256, data);
    return sha256;
  }

  readBlob(sha256: string, range: ByteRange = {}): BlobPart | undefined {
    this.#committer.settleForReading();
    const pending = this.#committer.pending.blob(sha256);
    if (pending === undefined) return this.#blobs.read(sha256, range);
    const { offset = 0, length = pending.byteLength } = range;
    return { bytes: pending.subarray(offset, offset + length), size: pending.byteLength };
  }

  committed(): Promise<void> {
    return this.#committer.committed();
  }

  close(): void {
    for (const log of this.#logs.values()) if (log.items.hasChanges) this.#committer.fill().addItems(log);
    const done = this.#committer.close();
    this.#logs.clear();
    try {
      // Numbers that never reached the disk were shown to nobody, but only an orderly end may say that all are there.
      if (done) endUse(this.#database);
    } catch {
      // Without the mark, the next start after a stop of the machine gives new lineages: too careful, never wrong.
    }
    this.#database.close();
  }

  checkOpen(): void {
    this.#committer.checkOpen();
  }

  enqueue(log: Log, envelope: Envelope, json: string, durable: boolean): void {
    this.#committer.fill().addEnvelope(log, envelope, json, durable);
  }

  #log(sessionId: SessionId): Log | undefined {
    this.checkOpen();
    const known = this.#logs.get(sessionId);
    if (known !== undefined) return known;
    const stored = this.#heads.get(sessionId);
    if (stored === undefined) return undefined;
    const items = this.#newItems(stored.key, sessionId, stored.itemsSeq);
    if (stored.itemsSeq < stored.head.seq) items.rebuild();
    const log = new Log(this, { ...stored, id: sessionId }, items);
    this.#logs.set(sessionId, log);
    return log;
  }

  #newItems(key: number, id: SessionId, writtenSeq: number): Items {
    return new Items({ table: this.#items, envelopes: this.#envelopes }, { key, id }, writtenSeq);
  }

  /** While storage fails, a log's rows are ahead of what is committed: what may be shown is folded from the database. */
  #committedItems(log: Log): Items {
    const items = this.#newItems(log.key, log.sessionId, log.items.writtenSeq);
    items.rebuild();
    return items;
  }

  #storageFailed(error?: unknown): HoldfastError {
    const { state } = this;
    const reason =
      error !== undefined ? errorText(error) : state.storage === 'failed' ? state.reason : 'unknown';
    return new HoldfastError('storageFailed', `the journal cannot be written: ${reason}`, { reason }, error);
  }
}
