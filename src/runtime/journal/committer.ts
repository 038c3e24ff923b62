import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { Batch } from './batch.ts';
import type { Database } from './database.ts';
import type { Committed, StorageState } from './journal.ts';
import { Recent } from './recent.ts';
import { Retry } from './retry.ts';
import type { Tables } from './tables.ts';

/** Runs something in a while, in the order of asking: `setImmediate` but for tests. */
export type Schedule = (action: () => void) => void;

const OK: StorageState = { storage: 'ok' };

/**
 * Writes one batch a tick, across all sessions, and tells of it afterwards (law 1). What could not be written stays in the
 * batch, which is tried again after a while and with the next append. Owned by the journal.
 */
export class Committer {
  readonly #database: Database;
  readonly #tables: Tables;
  readonly #schedule: Schedule;
  readonly #retry: Retry;
  readonly #onWritten: ((bytes: number) => void) | undefined;
  readonly #onCommitted: Emitter<Committed>;
  readonly #onState: Emitter<StorageState>;
  /** What was committed last, for those who read on from there. */
  readonly recent = new Recent();
  #pending = new Batch();
  /** Committed, not yet told of. */
  #untold: Batch[] = [];
  #state: StorageState = OK;
  #untoldStates: StorageState[] = [];
  #ticking = false;
  #telling = false;
  #closed = false;

  constructor(
    database: Database,
    tables: Tables,
    options: {
      readonly clock: Clock;
      readonly schedule: Schedule;
      readonly onError?: ((error: unknown) => void) | undefined;
      /** A batch is committed that weighs so many bytes. */
      onWritten?(bytes: number): void;
    },
  ) {
    this.#database = database;
    this.#onWritten = options.onWritten;
    this.#tables = tables;
    this.#schedule = options.schedule;
    this.#retry = new Retry(options.clock, () => this.#tick());
    this.#onCommitted = new Emitter(options.onError);
    this.#onState = new Emitter(options.onError);
  }

  get onCommitted(): Emitter<Committed>['listen'] {
    return this.#onCommitted.listen;
  }

  get onState(): Emitter<StorageState>['listen'] {
    return this.#onState.listen;
  }

  get state(): StorageState {
    return this.#state;
  }

  get pending(): Batch {
    return this.#pending;
  }

  checkOpen(): void {
    if (this.#closed) throw closed();
  }

  /** The pending batch with something to write in this tick. */
  fill(): Batch {
    this.checkOpen();
    this.#tickSoon();
    return this.#pending;
  }

  committed(): Promise<void> {
    return this.#pending.isEmpty ? Promise.resolve() : this.#pending.done();
  }

  /**
   * Commits what is pending, for a reader; telling is left to the tick, so that no listener ever runs inside a reader's
   * call. While storage fails nothing is tried here: a reader does not pay for it.
   */
  settleForReading(): void {
    this.checkOpen();
    if (this.#state.storage === 'ok') this.flush();
  }

  /** Commits what is pending; whether nothing is pending any more. */
  flush(): boolean {
    const batch = this.#pending;
    if (batch.isEmpty) return true;
    try {
      this.#database.transaction({ durable: batch.durable }, () => batch.write(this.#tables));
    } catch (error) {
      this.#failed(error);
      return false;
    }
    this.#pending = new Batch();
    batch.committed(this.recent);
    this.#untold.push(batch);
    this.#retry.succeeded();
    this.#become(OK);
    this.#onWritten?.(batch.bytes);
    return true;
  }

  /** Commits and tells of what is pending, if it can; takes nothing more. Whether everything was committed. */
  close(): boolean {
    if (this.#closed) return true;
    const done = this.flush();
    this.#closed = true;
    this.#retry.dispose();
    this.#tell();
    this.#pending.settle(closed());
    return done;
  }

  #tickSoon(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#schedule(() => {
      this.#ticking = false;
      this.#tick();
    });
  }

  #tick(): void {
    if (this.#closed) return;
    this.flush();
    this.#tell();
  }

  #failed(error: unknown): void {
    this.#become({ storage: 'failed', reason: errorText(error) });
    this.#retry.failed();
  }

  #become(state: StorageState): void {
    const before = this.#state;
    const isSame =
      before.storage === 'ok'
        ? state.storage === 'ok'
        : state.storage === 'failed' && state.reason === before.reason;
    if (isSame) return;
    this.#state = state;
    this.#untoldStates.push(state);
  }

  /** Tells in order, never nested: what a listener causes is told after what it was told of. */
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (;;) {
        const state = this.#untoldStates.shift();
        if (state !== undefined) this.#onState.fire(state);
        const batch = this.#untold.shift();
        if (batch !== undefined) this.#tellOf(batch);
        if (state === undefined && batch === undefined) return;
      }
    } finally {
      this.#telling = false;
    }
  }

  #tellOf(batch: Batch): void {
    const { envelopes } = batch;
    if (envelopes.length > 0) this.#onCommitted.fire(envelopes);
    batch.settle();
  }
}

function closed(): HoldfastError {
  return new HoldfastError('connectionClosed', 'the journal is closed');
}
