import { signal } from '@preact/signals';
import type { SetAside } from '../../protocol/page.ts';
import type { Unsent } from '../insert.ts';
import { withinBound } from '../kept.ts';
import type { ComposerModel } from './model.ts';
import { rewrite } from './writing.ts';

/** What is kept of one session when something else took its place, in characters of its JSON. */
const MOST = 256 * 1024;
/** The last ones of it keep their images, for as long as the page is there. */
const MOST_WITH_IMAGES = 10;

/**
 * What was being written when a message was taken up again: nothing that a person typed is lost. It can be brought back at once,
 * and is found again in the history until it is sent; what is too much for that is offered to them. Owned by the composer's model.
 */
export class Aside {
  /** What made room last, while it can be brought back at once. */
  readonly last = signal<SetAside | undefined>(undefined);
  readonly #model: ComposerModel;
  #all: readonly SetAside[];
  /** What took its place, as it was put there. */
  #instead = '';

  constructor(model: ComposerModel) {
    this.#model = model;
    this.#all = model.page.host.kept('setAside', model.sessionId) ?? [];
  }

  /** All that is kept, oldest first. */
  get all(): readonly SetAside[] {
    return this.#all;
  }

  /** Puts what stands in the composer aside, for a text that takes its place. */
  put(instead: string): void {
    this.#instead = instead;
    const { text, attachments, options } = this.#model;
    if (this.#model.empty) return;
    const parts = { attachments: attachments.peek(), options: options.peek() };
    const aside = { text: text.peek(), parts };
    this.#keep([...this.#all.filter((other) => other.text !== aside.text), aside]);
    this.last.value = aside;
  }

  /** Brings back what made room last; what was changed meanwhile is kept in its turn. */
  bringBack(): void {
    const { last } = this;
    const back = last.peek();
    if (back === undefined) return;
    if (this.#model.text.peek() !== this.#instead) this.put(back.text);
    this.forget(back.text);
    rewrite(this.#model, back.text);
    this.#model.goWith(back.parts ?? { attachments: [], options: {} });
  }

  /** Keeps what is being sent until that is settled: returns what lets go of it. */
  hold({ text, ...parts }: Unsent): () => void {
    const { page, sessionId } = this.#model;
    // What was put aside is kept by itself, and stays.
    if (text === '' || this.#all.some((aside) => aside.text === text)) return () => {};
    // For a moment, in which nothing makes room for it.
    this.#keep([...this.#all, { text, parts }], Infinity);
    return () => {
      this.#all = this.#all.filter((aside) => aside.text !== text);
      // Another composer of the session may have put something aside meanwhile.
      const kept = page.host.kept('setAside', sessionId)?.filter((aside) => aside.text !== text);
      page.host.keep('setAside', sessionId, kept?.length === 0 ? undefined : kept);
    };
  }

  /** What is sent is kept no longer. */
  forget(text: string): void {
    this.last.value = undefined;
    if (this.#all.some((aside) => aside.text === text))
      this.#keep(this.#all.filter((aside) => aside.text !== text));
  }

  /** Keeps these; of too many, the oldest make room, if any may, and are offered to the person. */
  #keep(all: readonly SetAside[], most = MOST): void {
    const { host } = this.#model.page;
    const kept = all.map(({ text, parts }) => ({ text, parts: parts && withoutImages(parts) }));
    const { stays, goes } = withinBound(kept, most);
    this.#all = [...stays.slice(0, -MOST_WITH_IMAGES), ...all.slice(goes.length).slice(-MOST_WITH_IMAGES)];
    host.keep('setAside', this.#model.sessionId, stays.length === 0 ? undefined : stays);
    if (goes.length > 0) host.letGo(this.#model.sessionId, goes);
  }
}

/** What goes with a text, as far as the page can keep it: images are too large for that. */
export function withoutImages({
  attachments,
  options,
}: NonNullable<SetAside['parts']>): NonNullable<SetAside['parts']> {
  return { attachments: attachments.filter(({ block }) => block.type !== 'image'), options };
}
