import { Deferred } from '../../base/deferred.ts';
import type { Envelope } from '../../protocol/events.ts';
import type { CommandId } from '../../protocol/ids.ts';
import type { PendingCommand } from './commands.ts';
import type { Log } from './log.ts';
import type { NewEnvelope } from './envelopes.ts';
import type { Recent } from './recent.ts';
import type { Tables } from './tables.ts';

/**
 * Everything that goes into the next transaction, across all sessions: one a tick. While storage fails the same batch
 * waits and grows, in order. Owned by the journal.
 */
export class Batch {
  readonly #envelopes: NewEnvelope[] = [];
  readonly #logs = new Set<Log>();
  readonly #blobs = new Map<string, { readonly data: Uint8Array; readonly sessions: Set<Log> }>();
  readonly commands = new Map<CommandId, PendingCommand>();
  #durable = false;
  #bytes = 0;
  #done: Deferred<void> | undefined;

  get isEmpty(): boolean {
    return this.#envelopes.length + this.#logs.size + this.#blobs.size + this.commands.size === 0;
  }

  get envelopes(): readonly Envelope[] {
    return this.#envelopes.map(({ envelope }) => envelope);
  }

  /** About how much it weighs. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the commit must have reached the disk when it returns. */
  get durable(): boolean {
    return this.#durable;
  }

  addEnvelope(log: Log, envelope: Envelope, json: string, durable: boolean): void {
    this.#envelopes.push({ session: log.key, envelope, json });
    this.#bytes += json.length;
    this.#logs.add(log);
    this.#durable ||= durable;
  }

  /** Has a log's changed rows written, also without new envelopes. */
  addItems(log: Log): void {
    this.#logs.add(log);
    log.items.askForWrite();
  }

  addBlob(log: Log, sha256: string, data: Uint8Array): void {
    if (!this.#blobs.has(sha256)) this.#bytes += data.byteLength;
    const pending = this.#blobs.get(sha256) ?? { data, sessions: new Set() };
    pending.sessions.add(log);
    this.#blobs.set(sha256, pending);
  }

  blob(sha256: string): Uint8Array | undefined {
    return this.#blobs.get(sha256)?.data;
  }

  holdsBlob(session: number, sha256: string): boolean {
    for (const log of this.#blobs.get(sha256)?.sessions ?? []) if (log.key === session) return true;
    return false;
  }

  /** Resolves when the batch is committed and told of; rejects when the journal closes without. */
  done(): Promise<void> {
    this.#done ??= new Deferred();
    // Whoever waits is told; that nobody does is no error.
    this.#done.promise.catch(() => undefined);
    return this.#done.promise;
  }

  /** Writes all of it, inside a transaction. May run again after a failure. */
  write(tables: Tables): void {
    const { heads, commands, unseen } = tables;
    this.writeContent(tables);
    for (const { head, committedHead, items, key, journal } of this.#logs) {
      if (head === undefined) continue;
      heads.write({ key, journal, head, itemsSeq: items.isDue ? head.seq : items.writtenSeq }, committedHead);
      if (committedHead === undefined) unseen.end(key);
    }
    for (const [id, command] of this.commands) commands.write(id, command);
  }

  /** As `write`, without the rows of the sessions: those that have none are seen by nobody. */
  writeContent({ envelopes, blobs }: Tables): void {
    for (const [sha256, { data, sessions }] of this.#blobs)
      for (const log of sessions) blobs.write(log.key, sha256, data);
    envelopes.insert(this.#envelopes);
    for (const { head, items } of this.#logs) if (head !== undefined && items.isDue) items.write();
  }

  /** The transaction is committed: what the logs appended counts from now on. */
  committed(recent: Recent): void {
    for (const { session, envelope, json } of this.#envelopes) recent.keep(session, envelope, json);
    this.contentCommitted();
    for (const log of this.#logs) log.wasCommitted();
  }

  /** The same after `writeContent`: nobody may be shown anything yet. */
  contentCommitted(): void {
    for (const { items, head } of this.#logs) if (items.isDue) items.written(head?.seq ?? 0);
  }

  /** Tells who waited that the batch was committed, or why it never will be. */
  settle(error?: Error): void {
    if (error === undefined) this.#done?.resolve();
    else this.#done?.reject(error);
  }
}
