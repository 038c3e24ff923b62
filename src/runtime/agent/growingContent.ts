import { contentParts } from './patchedCall.ts';
import { loose, textOf } from './loose.ts';

/** Characters of a tool call's streamed content that are kept; what comes after that is left out, in words. */
const MOST = 1024 * 1024;

/**
 * The content of one tool call that comes in pieces (ACP v2). Our events tell the whole content each time, so it is told again
 * only when it has grown by a quarter: all tellings together cost no more than a few times what the content itself does.
 */
export class GrowingContent {
  #parts: unknown[] = [];
  #length = 0;
  #told = 0;
  #isCut = false;

  /** The content was told whole. */
  set(parts: readonly unknown[]): void {
    this.#parts = [...parts];
    this.#length = this.#told = JSON.stringify(parts).length;
    this.#isCut = false;
  }

  /** Adds one item; text joins the text before it. Gives whether it is time to tell. */
  append(item: unknown): boolean {
    for (const part of contentParts(item)) this.#add(part);
    return this.#length > this.#told * 1.25;
  }

  /** Whether something was added since it was last told. */
  get isUntold(): boolean {
    return this.#length > this.#told;
  }

  /** The whole content, which counts as told. */
  tell(): readonly unknown[] {
    this.#told = this.#length;
    return this.#parts;
  }

  #add(part: unknown): void {
    if (this.#isCut) return;
    const size = JSON.stringify(part).length;
    if (this.#length + size > MOST) {
      this.#isCut = true;
      this.#push('… the rest was left out …');
      return;
    }
    const text = textOf(loose(loose(part)['content'])['text']);
    if (text === undefined || loose(part)['type'] !== 'content') this.#parts = [...this.#parts, part];
    else this.#push(text);
    this.#length += size;
  }

  #push(text: string): void {
    const last = loose(loose(this.#parts.at(-1))['content']);
    const before = last['type'] === 'text' ? textOf(last['text']) : undefined;
    const part = { type: 'content', content: { type: 'text', text: (before ?? '') + text } };
    this.#parts = before === undefined ? [...this.#parts, part] : [...this.#parts.slice(0, -1), part];
    this.#length++;
  }
}
