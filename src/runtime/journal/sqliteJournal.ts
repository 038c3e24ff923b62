import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { Envelope, EventOf, EventType } from '../../protocol/events.ts';
import type { CommandId, SessionId } from '../../protocol/ids.ts';
import type { BlobRange, ByteRange } from './blobReader.ts';
import { kept, type PendingCommand } from './commands.ts';
import { Committer, type Schedule } from './committer.ts';
import type { JournalCheck } from './check.ts';
import { Compactor } from './compactor.ts';
import { isUnreadable, type Database } from './database.ts';
import type {
  CommandResult,
  HeadFilter,
  Journal,
  SessionImport,
  SessionLog,
  StoredEnvelope,
  StoredHead,
} from './journal.ts';
import { endUse } from './lineage.ts';
import type { Log, LogOwner } from './log.ts';
import { Logs } from './logs.ts';
import type { SearchRequest } from './searchIndex.ts';
import { Tables } from './tables.ts';
import { UnseenRemover } from './unseenRemover.ts';
import { UnseenSession } from './unseenSession.ts';
import type { SearchPage } from './worker.ts';
import { WorkerLink } from './workerLink.ts';

/** Implements `Journal` over an open, migrated database, which it owns from then on. */
export class SqliteJournal implements Journal, LogOwner {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #tables: Tables;
  readonly #committer: Committer;
  readonly #compactor: Compactor;
  readonly #remover: UnseenRemover;
  readonly #worker: WorkerLink;
  readonly #logs: Logs;

  constructor(
    database: Database,
    options: {
      readonly file: string;
      readonly clock: Clock;
      readonly schedule: Schedule;
      readonly indexAfterMs: number | undefined;
      readonly onError?: ((error: unknown) => void) | undefined;
    },
  ) {
    this.#database = database;
    this.#clock = options.clock;
    this.#tables = new Tables(database);
    this.#logs = new Logs(this.#tables, this);
    this.#committer = new Committer(database, this.#tables, {
      ...options,
      onWritten: (bytes) => this.#worker.wrote(bytes),
    });
    this.#compactor = new Compactor({
      database,
      tables: this.#tables,
      clock: options.clock,
      isWritable: () => this.state.storage === 'ok',
      isRunning: (id) => this.#logs.loaded(id)?.head?.turn !== undefined,
      onReplaced: (key) => this.#committer.recent.forget(key),
      onWritten: (bytes) => this.#worker.wrote(bytes),
    });
    this.#remover = new UnseenRemover({
      database,
      tables: this.#tables,
      clock: options.clock,
      onWritten: (bytes) => this.#worker.wrote(bytes),
      onError: options.onError,
    });
    this.#worker = new WorkerLink({ ...options, keyOf: (id) => this.#logs.keyOf(id) });
    this.#committer.onCommitted((batch) => {
      this.#compactor.saw(batch);
      this.#worker.saw(batch);
    });
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

  get unsentBytes(): number {
    return this.#committer.pending.bytes;
  }

  create(sessionId: SessionId): SessionLog {
    this.checkOpen();
    return this.#logs.create(sessionId);
  }

  import(sessionId: SessionId): SessionImport {
    this.checkOpen();
    const parts = { database: this.#database, tables: this.#tables, logs: this.#logs, journal: this };
    return new UnseenSession(
      {
        ...parts,
        mustBeWritable: () => {
          if (this.state.storage === 'failed') throw this.#storageFailed();
        },
        onWritten: (bytes) => this.#worker.wrote(bytes),
        onGivenUp: (key) => this.#remover.add(key),
        onShow: (log) => this.#committer.fill().addItems(log),
        failed: (error) => this.#storageFailed(error),
      },
      sessionId,
    );
  }

  log(sessionId: SessionId): SessionLog | undefined {
    return this.#log(sessionId);
  }

  release(sessionId: SessionId): void {
    const log = this.#logs.loaded(sessionId);
    if (log === undefined) return;
    // What waits to be written holds on to the log: a second one beside it would take its numbers.
    if (this.state.storage === 'failed') return;
    if (log.items.hasChanges) this.#committer.fill().addItems(log);
    if (!this.#committer.flush()) return;
    this.#logs.drop(log);
  }

  delete(sessionId: SessionId, asked?: CommandResult): boolean {
    this.release(sessionId);
    if (this.#logs.loaded(sessionId) !== undefined) throw this.#storageFailed();
    const key = this.#tables.heads.keyOf(sessionId);
    if (key === undefined) return false;
    try {
      this.#remover.delete(key, () => {
        if (asked !== undefined)
          this.#tables.commands.write(asked.commandId, this.#pending(asked.method, asked.result));
      });
      this.#committer.recent.forget(key);
      this.#worker.changed(key);
    } catch (error) {
      throw this.#storageFailed(error);
    }
    return true;
  }

  *weigh(sessionId: SessionId, others: readonly SessionId[] = []): Iterable<number> {
    this.#committer.settleForReading();
    const key = this.#logs.keyOf(sessionId);
    if (key === undefined) return;
    try {
      yield* this.#tables.weigh(key, { keys: this.#remover.keys, ids: others });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }

  head(sessionId: SessionId): StoredHead | undefined {
    this.#committer.settleForReading();
    const log = this.#logs.loaded(sessionId);
    if (log !== undefined) return log.committedHead && { head: log.committedHead, journal: log.journal };
    const stored = this.#tables.heads.get(sessionId);
    return stored && { head: stored.head, journal: stored.journal };
  }

  heads(filter: HeadFilter, page: { readonly limit: number; readonly after?: string | undefined }) {
    this.#committer.settleForReading();
    return this.#tables.heads.list(filter, page);
  }

  unsettled(): readonly StoredHead[] {
    this.#committer.settleForReading();
    return this.#tables.heads.unsettled();
  }

  count(): number {
    this.#committer.settleForReading();
    return this.#tables.heads.count();
  }

  read(
    sessionId: SessionId,
    after: number,
    bounds: { readonly maxEvents: number; readonly maxBytes: number },
  ): readonly StoredEnvelope[] {
    this.#committer.settleForReading();
    const key = this.#logs.keyOf(sessionId);
    if (key === undefined) return [];
    const recent = this.#committer.recent.read(key, after, bounds);
    return recent ?? this.#tables.envelopes.read({ key, id: sessionId }, after, bounds);
  }

  ofType<T extends EventType>(sessionId: SessionId, type: T): readonly EventOf<T>[] {
    this.#committer.settleForReading();
    const key = this.#logs.keyOf(sessionId);
    return key === undefined ? [] : this.#tables.envelopes.ofType({ key, id: sessionId }, type);
  }

  items(
    sessionId: SessionId,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): ReturnType<Journal['items']> {
    this.#committer.settleForReading();
    const isLoaded = this.#logs.loaded(sessionId) !== undefined;
    const log = this.#log(sessionId);
    if (log === undefined) return { items: [], more: false, seq: 0 };
    const items = log.isCommitted ? log.items : this.#logs.committedItems(log);
    const { before = Number.MAX_SAFE_INTEGER, limit } = page;
    const answer = { ...items.page(before, limit), seq: log.committedSeq };
    if (!isLoaded) this.release(sessionId);
    return answer;
  }

  remember(commandId: CommandId, method: string, result: unknown): void {
    this.#committer.fill().commands.set(commandId, this.#pending(method, result));
  }

  recall(commandId: CommandId): { readonly method: string; readonly result: unknown } | undefined {
    this.checkOpen();
    const pending = this.#committer.pending.commands.get(commandId);
    return pending === undefined ? this.#tables.commands.get(commandId) : kept(pending.method, pending.json);
  }

  putBlob(sessionId: SessionId, data: Uint8Array): string {
    const log = this.#log(sessionId);
    if (log === undefined)
      throw new HoldfastError('sessionNotFound', `there is no session ${sessionId}`, { sessionId });
    const sha256 = createHash('sha256').update(data).digest('hex');
    this.#committer.fill().addBlob(log, sha256, data);
    return sha256;
  }

  holdsBlob(sessionId: SessionId, sha256: string): boolean {
    this.#committer.settleForReading();
    const key = this.#logs.keyOf(sessionId);
    if (key === undefined) return false;
    return this.#committer.pending.holdsBlob(key, sha256) || this.#tables.blobs.holds(key, sha256);
  }

  readBlob(sha256: string, range: ByteRange = {}): BlobRange | undefined {
    this.#committer.settleForReading();
    const pending = this.#committer.pending.blob(sha256);
    if (pending === undefined) return this.#tables.blobs.read(sha256, range);
    const { offset = 0, length = pending.byteLength } = range;
    return { bytes: pending.subarray(offset, offset + length), size: pending.byteLength };
  }

  async search(request: SearchRequest): Promise<SearchPage> {
    this.#committer.settleForReading();
    return this.#worker.search(request);
  }

  async check(): Promise<JournalCheck> {
    this.#committer.settleForReading();
    return this.#worker.check();
  }

  committed(): Promise<void> {
    return this.#committer.committed();
  }

  close(): void {
    this.#compactor.dispose();
    this.#remover.dispose();
    this.#worker.dispose();
    for (const log of this.#logs) if (log.items.hasChanges) this.#committer.fill().addItems(log);
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

  #pending(method: string, result: unknown): PendingCommand {
    return { method, json: JSON.stringify(result) ?? null, at: this.#clock.now() };
  }

  #log(sessionId: SessionId): Log | undefined {
    this.checkOpen();
    return this.#logs.get(sessionId);
  }

  #storageFailed(error?: unknown): HoldfastError {
    const { state } = this;
    const reason =
      error !== undefined ? errorText(error) : state.storage === 'failed' ? state.reason : 'unknown';
    return new HoldfastError('storageFailed', `the journal cannot be written: ${reason}`, { reason }, error);
  }
}
