import type { ItemId } from '../../protocol/ids.ts';
import { bringIntoView } from '../bringIntoView.ts';
import type { PageContext } from '../context.ts';
import { earlierWords } from '../earlierWords.ts';
import { reveal } from '../reveal.ts';
import { FindBar } from './findBar.ts';
import { mark, rangesOf } from './marks.ts';
import { rowText } from './rowText.ts';

type Words = (text: string, ...values: (string | number)[]) => string;

interface Match {
  readonly itemId: ItemId;
  readonly position: number;
}

/** Rows that the runtime is asked for, from what the page has not loaded. */
const MOST_EARLIER = 100;
/** How often a row is asked for more of what is very long in it: some 20,000 rows of a table, or 800,000 characters. */
const MOST_MORE = 40;

let open: Find | undefined;

/** Opens find in the session that is shown, or turns to it. A script of its own, loaded when it is first asked for. */
export function openFind(page: PageContext, t: Words): void {
  open ??= new Find(page, t, () => (open = undefined));
  open.bar.focus();
}

/** Finds rows by their text, from the newest upwards: those loaded, and those that only the runtime has (U3). */
class Find {
  readonly bar: FindBar;
  readonly #page: PageContext;
  readonly #leave: () => void;
  #word = '';
  #matches: readonly Match[] = [];
  #at = 0;
  /** Counts searches and steps: only the last one counts. */
  #attempt = 0;
  /** What a step tries again, because it failed. */
  #failed: (() => Promise<void>) | undefined;
  #trying: (() => Promise<void>) | undefined;
  readonly #t: Words;

  constructor(page: PageContext, t: Words, closed: () => void) {
    this.#page = page;
    this.#t = t;
    this.bar = new FindBar(t, {
      search: (text) => void this.#try(() => this.#search(text)),
      step: (by) => this.#step(by),
      close: () => {
        // What is under way marks and moves nothing any more.
        this.#attempt++;
        this.#leave();
        mark([], []);
        closed();
        document.querySelector<HTMLElement>('.transcript')?.focus();
      },
    });
    const { sessionId } = page.store;
    this.#leave = sessionId.subscribe((shown) => shown !== sessionId.peek() && this.bar.close());
  }

  /** Goes on by one; what failed is tried again instead, where it stood. */
  #step(by: 1 | -1): void {
    const to = this.#at + by;
    void this.#try(this.#failed ?? (() => this.#go(to)));
  }

  /** Does something for which earlier rows may be needed, and says so where they cannot be had. */
  async #try(act: () => Promise<void>): Promise<void> {
    this.#trying = act;
    this.#failed = undefined;
    this.bar.problem('');
    try {
      await act();
    } catch (error) {
      if (this.#trying !== act) return;
      const t = this.#t;
      this.#failed = act;
      this.bar.problem(`${earlierWords(error, t)} ${t('Press Enter to try again.')}`);
    }
  }

  async #search(text: string): Promise<void> {
    const attempt = ++this.#attempt;
    this.#word = text.toLowerCase();
    const { store, host } = this.#page;
    const sessionId = store.sessionId.peek();
    if (this.#word === '' || sessionId === undefined) return this.#take([]);
    // What is loaded while this goes on was not looked at: the runtime is asked for all that stood before now.
    const first = store.items()[0]?.position ?? 0;
    const loaded = store
      .items()
      .filter(({ itemId }) => !store.nested.peek().has(itemId))
      .filter((item) => rowText(item).toLowerCase().includes(this.#word));
    this.#take(loaded);
    await this.#go(this.#matches.length - 1);
    if (!store.more.peek() || attempt + 1 < this.#attempt) return;
    const before = this.#attempt;
    const { hits } = await host.request('session/search', sessionId, { query: text, limit: MOST_EARLIER });
    if (before !== this.#attempt) return;
    const earlier = hits
      .filter(({ position }) => position < first)
      .toSorted((one, other) => one.position - other.position);
    if (earlier.length === 0) return;
    this.#matches = [...earlier, ...this.#matches];
    this.#at += earlier.length;
    if (loaded.length === 0) await this.#go(this.#matches.length - 1);
    else this.bar.count(this.#at, this.#matches.length);
  }

  #take(matches: readonly Match[]): void {
    this.#matches = matches;
    this.#at = matches.length - 1;
    this.bar.count(this.#at, matches.length, this.#word === '');
    if (matches.length === 0) mark([], []);
  }

  /** Goes to a match, around the ends; loads and builds its row where that is needed. */
  async #go(to: number): Promise<void> {
    const attempt = ++this.#attempt;
    const { length } = this.#matches;
    if (length === 0) return;
    this.#at = (to + length) % length;
    this.bar.count(this.#at, length);
    const match = this.#matches[this.#at];
    if (match === undefined) return;
    const { store } = this.#page;
    await reveal(store, match);
    await frames();
    if (attempt !== this.#attempt) return;
    const row = document.querySelector(`[data-item="${CSS.escape(match.itemId)}"]`);
    if (row === null) return;
    await this.#uncover(row, attempt);
    if (attempt !== this.#attempt) return;
    const found = rangesOf(row, this.#word);
    const content = document.querySelector('.transcript-content');
    mark(content === null ? [] : rangesOf(content, this.#word), found);
    await bringIntoView(found[0] ?? row, () => attempt === this.#attempt);
  }

  /** Opens what hides the text of a row, then more and more of what is very long in it, until the word is there. */
  async #uncover(row: Element, attempt: number): Promise<void> {
    const isOver = (): boolean => attempt !== this.#attempt || rangesOf(row, this.#word).length > 0;
    if (isOver()) return;
    unfold(row);
    await frames();
    for (let times = 0; times < MOST_MORE && !isOver(); times++) {
      const buttons = row.querySelectorAll<HTMLElement>('.show-more');
      if (buttons.length === 0) return;
      for (const button of buttons) button.click();
      await frames();
    }
  }
}

function unfold(row: Element): void {
  row.querySelector<HTMLElement>('.card-line[aria-expanded="false"]')?.click();
  for (const details of row.querySelectorAll('details')) details.open = true;
}

async function frames(): Promise<void> {
  for (let count = 0; count < 2; count++) await new Promise((resolve) => requestAnimationFrame(resolve));
}
