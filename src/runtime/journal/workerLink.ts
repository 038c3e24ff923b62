import { Worker } from 'node:worker_threads';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { Deferred } from '../../base/deferred.ts';
import type { Disposable } from '../../base/disposable.ts';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { JournalCheck } from './check.ts';
import type { Committed } from './journal.ts';
import type { SearchRequest } from './searchIndex.ts';
import { forWorker, type SearchPage, type WorkerAnswer, type WorkerRequest } from './worker.ts';

/** Milliseconds between something that happened and the index being told of it. */
const DEBOUNCE_MS = 1000;
/** Milliseconds after which a worker that has nothing to do is let go of: a thread holds tens of megabytes. */
const IDLE_MS = 60_000;
/** Milliseconds until a thread is asked for again that could not be had. */
const AGAIN_MS = 30_000;

/** About so much written to the journal is brought into its file at once, in bytes. */
const CHECKPOINT_BYTES = 2 * 1024 * 1024;

/** How a journal's worker is run. */
export interface WorkerLinkOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Milliseconds after which what is new is indexed without being asked for; `undefined`: only when somebody searches. */
  readonly indexAfterMs: number | undefined;
  /** Why no thread could be had. What was to be done in it is done later. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** The number of a session in the database. */
  keyOf(sessionId: SessionId): number | undefined;
}

/**
 * The journal's hold on its worker thread, which searches, indexes and checks. Started when it is first needed, and again
 * when it died; never keeps the process alive. Owned by the journal.
 */
export class WorkerLink implements Disposable {
  readonly #options: WorkerLinkOptions;
  readonly #changed = new Set<number>();
  readonly #waiting = new Map<number, Deferred<SearchPage | JournalCheck>>();
  #worker: Worker | undefined;
  #timer: Disposable | undefined;
  #idle: Disposable | undefined;
  #count = 0;
  #written = 0;
  #closed = false;

  constructor(options: WorkerLinkOptions) {
    this.#options = options;
    if (options.indexAfterMs !== undefined) this.#tellIn(options.indexAfterMs);
  }

  /** Notes what was committed. */
  saw(batch: Committed): void {
    let last: SessionId | undefined;
    for (const { sessionId } of batch) {
      const key = sessionId === last ? undefined : this.#options.keyOf(sessionId);
      last = sessionId;
      if (key !== undefined) this.changed(key);
    }
  }

  /** A session's rows changed, or the session is gone. */
  changed(key: number): void {
    this.#changed.add(key);
    if (this.#options.indexAfterMs !== undefined || this.#worker !== undefined) this.#tellIn(DEBOUNCE_MS);
  }

  /** So much was committed, in bytes of text: the disk is kept away from the thread that commits. */
  wrote(bytes: number): void {
    this.#written += bytes;
    if (this.#written < CHECKPOINT_BYTES || this.#closed) return;
    this.#written = 0;
    if (this.#options.indexAfterMs !== undefined) this.#post({ type: 'checkpoint' });
  }

  /** Rejects with `internalError` when the worker cannot be had. */
  async search(request: SearchRequest): Promise<SearchPage> {
    this.#tell();
    return (await this.#ask((id) => ({ type: 'search', id, request }))) as SearchPage;
  }

  async check(): Promise<JournalCheck> {
    return (await this.#ask((id) => ({ type: 'check', id }))) as JournalCheck;
  }

  dispose(): void {
    this.#closed = true;
    this.#timer?.dispose();
    this.#idle?.dispose();
    void this.#worker?.terminate();
    this.#gone('the journal is closed');
  }

  #ask(make: (id: number) => WorkerRequest): Promise<SearchPage | JournalCheck> {
    const id = ++this.#count;
    const answer = new Deferred<SearchPage | JournalCheck>();
    this.#waiting.set(id, answer);
    this.#post(make(id));
    // Only somebody who waits for an answer keeps the process alive.
    this.#worker?.ref();
    return answer.promise;
  }

  #tellIn(ms: number): void {
    this.#timer ??= this.#options.clock.after(ms, () => {
      this.#timer = undefined;
      if (!this.#closed) this.#tell();
    });
  }

  #tell(): void {
    if (this.#closed) throw new HoldfastError('connectionClosed', 'the journal is closed');
    const keys = [...this.#changed];
    this.#changed.clear();
    this.#post({ type: 'changed', keys });
  }

  /** Never throws: whoever commits is none to fail over what is done beside them. */
  #post(message: WorkerRequest): void {
    this.#idle?.dispose();
    this.#idle = undefined;
    try {
      this.#worker ??= this.#start();
    } catch (error) {
      this.#options.onError?.(error);
      this.#gone(errorText(error));
      if (this.#options.indexAfterMs !== undefined) this.#tellIn(AGAIN_MS);
      return;
    }
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const { file } = this.#options;
    const workerData = forWorker({ journal: file, index: join(dirname(file), 'search.db') });
    // This file, or the bundle it is in: both load `worker.ts`, which sees that it is meant.
    const worker = new Worker(new URL(import.meta.url), { workerData, stdout: false, stderr: false });
    worker.unref();
    worker.on('message', (answer: WorkerAnswer) => {
      if ('type' in answer) return this.#idles(worker);
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) worker.unref();
      if ('result' in answer) waiting?.resolve(answer.result);
      else waiting?.reject(new HoldfastError('internalError', `the search failed: ${answer.error}`));
    });
    worker.on('error', (error: Error) => worker === this.#worker && this.#gone(error.message));
    worker.on('exit', () => worker === this.#worker && this.#gone('its thread ended'));
    return worker;
  }

  #idles(worker: Worker): void {
    this.#idle?.dispose();
    this.#idle = this.#options.clock.after(IDLE_MS, () => {
      if (worker !== this.#worker || this.#waiting.size > 0) return;
      this.#worker = undefined;
      void worker.terminate();
    });
  }

  /** Whoever waits is told; the next need starts another one, which finds by itself what is not indexed. */
  #gone(reason: string): void {
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of waiting)
      answer.reject(new HoldfastError('internalError', `the search failed: ${reason}`));
  }
}
