import { contentText } from '../../protocol/contentText.ts';
import { earlierWords } from '../earlierWords.ts';
import type { ComposerModel } from './model.ts';
import { t } from '../words.ts';
import { rewrite } from './writing.ts';

/** Walks what was put aside and what was asked before in the session: Up in an empty composer, and on from there with Up and Down. */
export class History {
  readonly #model: ComposerModel;
  /** How many prompts back, and what was put into the field for it. */
  #at: { readonly back: number; readonly text: string } | undefined;
  #walking = false;
  /** Why there is no way further back, as the composer shows it. */
  #problem: string | undefined;

  constructor(model: ComposerModel) {
    this.#model = model;
    // What Up would try again is told while the field stands as it did.
    model.text.subscribe(() => this.#tell(undefined));
  }

  keyDown(event: KeyboardEvent): boolean {
    if (event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
    const text = this.#model.text.peek();
    const back = text === '' ? -1 : this.#at?.text === text ? this.#at.back : undefined;
    if (back === undefined) return false;
    if (event.key === 'ArrowUp') void this.#go(back + 1, text);
    else if (event.key === 'ArrowDown' && back >= 0) void this.#go(back - 1, text);
    else return false;
    event.preventDefault();
    return true;
  }

  async #go(back: number, from: string): Promise<void> {
    if (this.#walking) return;
    this.#walking = true;
    this.#tell(undefined);
    try {
      const text = back < 0 ? '' : await this.#promptAt(back);
      // Where nothing stands so far back, or the person typed meanwhile, the field stays as it is.
      if (text === undefined || this.#model.text.peek() !== from) return;
      this.#at = back < 0 ? undefined : { back, text };
      rewrite(this.#model, text);
      this.#bring(text);
    } catch (error) {
      // Who typed meanwhile went on, and Up would not try again.
      if (this.#model.text.peek() !== from) return;
      this.#tell(`${earlierWords(error, t)} ${t('Press Up to try again.')}`);
    } finally {
      this.#walking = false;
    }
  }

  /** Shows why there is no way, in place of what was told of it before. */
  #tell(problem: string | undefined): void {
    const shown = this.#model.problem;
    if (problem !== undefined || shown.peek() === this.#problem) shown.value = problem;
    this.#problem = problem;
  }

  /** What went with a text that was put aside goes with it again. */
  #bring(text: string): void {
    const { aside, attachments, options } = this.#model;
    const parts = aside.all.find((each) => each.text === text)?.parts;
    if (parts === undefined) return;
    const others = attachments
      .peek()
      .filter(({ name }) => parts.attachments.every((each) => each.name !== name));
    this.#model.goWith({
      attachments: [...others, ...parts.attachments],
      options: { ...options.peek(), ...parts.options },
    });
  }

  /** What was asked so many prompts before; earlier rows are loaded if need be. */
  async #promptAt(back: number): Promise<string | undefined> {
    const { store } = this.#model.page;
    for (;;) {
      const texts = [...this.#prompts(), ...this.#model.aside.all.flatMap(({ text }) => text || [])];
      if (texts.length > back) return texts.at(-1 - back);
      const first = store.firstPosition;
      if (!store.more.peek()) return undefined;
      await store.loadEarlier();
      if (store.firstPosition === first) return undefined;
    }
  }

  /** The prompts that are loaded, oldest first; the same one twice in a row is one. */
  #prompts(): string[] {
    const { store } = this.#model.page;
    const rows = store.sections.peek().flatMap((section) => section.rows);
    const texts = rows.flatMap((itemId) => {
      const item = store.row(itemId)?.peek();
      if (item?.kind !== 'message' || item.role !== 'user') return [];
      return [contentText(item.content.filter(({ type }) => type === 'text'))];
    });
    return texts.filter((text, index) => text !== '' && text !== texts[index - 1]);
  }
}
