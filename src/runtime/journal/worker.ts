import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { errorText } from '../../base/errorText.ts';
import { checkJournal, type JournalCheck } from './check.ts';
import { checkpoint, Database } from './database.ts';
import { SearchIndex, type SearchHit, type SearchRequest } from './searchIndex.ts';

/** The files that a journal's worker works on. */
export interface WorkerFiles {
  readonly journal: string;
  readonly index: string;
}

/** What the worker is asked; `id` tells the answers apart. */
export type WorkerRequest =
  | { readonly type: 'search'; readonly id: number; readonly request: SearchRequest }
  | { readonly type: 'check'; readonly id: number }
  /** The write-ahead log has grown: it is to be brought into the file. */
  | { readonly type: 'checkpoint' }
  /** Sessions, by their keys, whose rows have changed or that are gone. */
  | { readonly type: 'changed'; readonly keys: readonly number[] };

/** A page of hits; `indexing` while some of what is in the journal is not in the index yet. */
export interface SearchPage {
  readonly hits: readonly SearchHit[];
  readonly next?: number;
  readonly indexing: boolean;
}

export type WorkerAnswer =
  /** Nothing is left to index. */
  | { readonly type: 'idle' }
  | { readonly id: number; readonly result: SearchPage | JournalCheck }
  | { readonly id: number; readonly error: string };

/** So many steps at the most a search waits for what was told before it. */
const CATCH_UP_STEPS = 20;

/** Reads and indexes beside the thread that appends: SQLite's calls are synchronous. One a journal. */
class JournalWorker {
  readonly #files: WorkerFiles;
  readonly #index: SearchIndex;
  readonly #stale: Set<number>;
  /** Sessions that were told of: they go first. */
  readonly #told = new Set<number>();
  #updating: Generator<void> | undefined;
  #scheduled = false;
  readonly #onIdle: () => void;

  constructor(files: WorkerFiles, onIdle: () => void) {
    this.#files = files;
    this.#onIdle = onIdle;
    this.#index = new SearchIndex(files.journal, files.index);
    this.#stale = new Set(this.#index.stale());
    this.#later();
  }

  take(message: WorkerRequest): WorkerAnswer | undefined {
    if (message.type === 'changed') {
      for (const key of message.keys) this.#told.add(key);
      this.#later();
      return undefined;
    }
    if (message.type === 'checkpoint') {
      this.#checkpoint();
      this.#later();
      return undefined;
    }
    const { id } = message;
    try {
      return { id, result: message.type === 'check' ? this.#check() : this.#search(message.request) };
    } catch (error) {
      return { id, error: errorText(error) };
    }
  }

  /** Who searches for what was said a moment ago finds it. */
  #search(request: SearchRequest): SearchPage {
    for (let steps = 0; steps < CATCH_UP_STEPS; steps++) {
      if (this.#updating === undefined && this.#told.size === 0) break;
      this.#step();
    }
    const isBehind = this.#updating !== undefined || this.#told.size > 0 || this.#stale.size > 0;
    return { ...this.#index.search(request), indexing: isBehind };
  }

  #check(): JournalCheck {
    const database = new Database(this.#files.journal, { readOnly: true });
    try {
      return checkJournal(database);
    } finally {
      database.close();
    }
  }

  #checkpoint(): void {
    try {
      checkpoint(this.#files.journal);
    } catch {
      // A disk that is full, or a file that is gone: who commits finds out by itself.
    }
  }

  /** One step at a time: what is asked in the meantime is answered between two. */
  #later(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#step()) this.#later();
      else this.#onIdle();
    });
  }

  #step(): boolean {
    try {
      if (this.#updating === undefined) {
        const [key] = this.#told.size > 0 ? this.#told : this.#stale;
        if (key === undefined) return false;
        this.#told.delete(key);
        this.#stale.delete(key);
        this.#updating = this.#index.update(key);
      }
      if (this.#updating.next().done === true) this.#updating = undefined;
    } catch {
      // A disk that is full, or a file that is busy: the session is looked at again when something happens in it.
      this.#updating = undefined;
    }
    return true;
  }
}

/** What a thread is given that is to be a journal's worker. */
export const forWorker = (files: WorkerFiles): object => ({ holdfastJournalWorker: files });

/** In the runtime's single bundle, the worker is started from the same file as everything else, and begins here. */
if (!isMainThread && parentPort !== null && isForWorker(workerData)) {
  const port = parentPort;
  const tell = (answer: WorkerAnswer): void => port.postMessage(answer);
  const worker = new JournalWorker(workerData.holdfastJournalWorker, () => tell({ type: 'idle' }));
  port.on('message', (message: WorkerRequest) => {
    const answer = worker.take(message);
    if (answer !== undefined) tell(answer);
  });
}

function isForWorker(data: unknown): data is { readonly holdfastJournalWorker: WorkerFiles } {
  return typeof data === 'object' && data !== null && 'holdfastJournalWorker' in data;
}
