import type { PageState } from '../protocol/page.ts';
import type { SessionId } from '../protocol/ids.ts';

/** Where the page keeps what it knows of itself. */
interface StateOwner {
  getState(): PageState | undefined;
  setState(state: PageState): void;
}

type Seqs = Readonly<Record<string, number>>;

/** How long what was seen may wait to be kept, in milliseconds. */
const DELAY_MS = 300;
/** How many sessions are known. */
const KEPT = 50;
const KEY = 'holdfast.seen';

/**
 * How far the person has seen the sessions of this page, for the line before what came while they were away. An editor that is
 * killed loses up to a minute of a page's state, and rows that were seen would stand behind that line: the browser's own storage,
 * where the page has one, knows them.
 */
export class Seen {
  readonly #owner: StateOwner;
  #last: { readonly sessionId: SessionId; readonly seq: number } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(owner: StateOwner) {
    this.#owner = owner;
    window.addEventListener('pagehide', () => this.#keep());
  }

  /** How far a session was seen on this page; 0 when it was not shown here. */
  of(sessionId: SessionId): number {
    const kept = this.#owner.getState()?.seen?.[sessionId] ?? 0;
    return kept === 0 ? 0 : Math.max(kept, stored()[sessionId] ?? 0);
  }

  /** Remembers how far a session is seen, soon: it is told often. */
  saw(sessionId: SessionId, seq: number): void {
    this.#last = { sessionId, seq };
    this.#timer ??= setTimeout(() => this.#keep(), DELAY_MS);
  }

  #keep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#last === undefined) return;
    const { sessionId, seq } = this.#last;
    const state = this.#owner.getState();
    this.#owner.setState({ ...state, seen: withLast(state?.seen ?? {}, sessionId, seq) });
    store(withLast(stored(), sessionId, seq));
  }
}

/** The sessions seen last, with one more. */
function withLast(seqs: Seqs, sessionId: SessionId, seq: number): Seqs {
  const { [sessionId]: _, ...others } = seqs;
  return { ...Object.fromEntries(Object.entries(others).slice(-KEPT + 1)), [sessionId]: seq };
}

/** An editor need not give its pages a storage. */
function stored(): Seqs {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Seqs;
  } catch {
    return {};
  }
}

function store(seqs: Seqs): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(seqs));
  } catch {
    // The page's state has them.
  }
}
