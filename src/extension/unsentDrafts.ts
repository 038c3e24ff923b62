import type { Memento } from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import type { Deliveries } from './deliveries.ts';

const STORED = 'holdfast.unsentDrafts';
/** What is kept at most, in characters. */
const MOST = 1024 * 1024;

/** What was written for a session and not sent. */
interface Unsent {
  readonly sessionId: SessionId;
  readonly text: string;
}

/** What keeping works with. */
export interface UnsentDraftsParts {
  /** What the window remembers. */
  readonly memory: Memento;
  readonly deliveries: Pick<Deliveries, 'put'>;
  /** Tells the person of one that makes room. */
  readonly letGo: (unsent: Unsent) => void;
}

/**
 * What stood in the composer of an editor tab that was closed, which takes what it kept with it: it is put into the page that shows
 * its session next, also of a later window (U3). Owned by `activate`.
 */
export class UnsentDrafts {
  readonly #parts: UnsentDraftsParts;
  /** Oldest first. */
  #all: readonly Unsent[];
  /** Those that are on their way to a page, with the number of their delivery once that is known. */
  readonly #offered = new Map<Unsent, number | undefined>();

  constructor(parts: UnsentDraftsParts) {
    this.#parts = parts;
    const kept = parts.memory.get<unknown>(STORED);
    this.#all = Array.isArray(kept) ? (kept as Unsent[]) : [];
  }

  /** Keeps what a page takes with it. */
  keep(sessionId: SessionId, text: string): void {
    const all = [...this.#all, { sessionId, text }];
    let size = all.reduce((sum, each) => sum + each.text.length, 0);
    while (size > MOST && all.length > 1) {
      const [oldest] = all.splice(0, 1);
      if (oldest === undefined) break;
      size -= oldest.text.length;
      this.#parts.letGo(oldest);
    }
    this.#become(all);
  }

  /** A page shows the session, and takes what is meant for it, but for what stands in its composer already, as after a reload. */
  offer(sessionId: SessionId, draft = ''): void {
    for (const unsent of this.#all) {
      if (unsent.sessionId !== sessionId || this.#offered.has(unsent)) continue;
      if (draft.includes(unsent.text)) {
        this.#forget(unsent);
        continue;
      }
      this.#offered.set(unsent, undefined);
      this.#offered.set(unsent, this.#parts.deliveries.put({ type: 'insert', ...unsent }));
    }
  }

  /** A page has what was delivered under this number. */
  took(deliveryId: number): void {
    const [taken] = [...this.#offered].find(([, id]) => id === deliveryId) ?? [];
    if (taken === undefined) return;
    this.#offered.delete(taken);
    this.#forget(taken);
  }

  #forget(unsent: Unsent): void {
    this.#become(this.#all.filter((each) => each !== unsent));
  }

  #become(all: readonly Unsent[]): void {
    this.#all = all;
    void this.#parts.memory.update(STORED, all.length === 0 ? undefined : all);
  }
}
