import { REDACTED, type SecretMatcher } from './secretMatcher.ts';

/**
 * One stream of text without secrets, also those that are split between its pieces (C5). Holds back only what may be the
 * beginning of one: at most the longest secret less one character. Owned by `Redaction`.
 */
export class RedactedText {
  #held = '';
  /** Characters at the start of what is held that a mark stands for already. */
  #covered = 0;

  /** Whether anything is held back that is not shown yet. */
  get isEmpty(): boolean {
    return this.#held === '';
  }

  /** Takes a piece; gives what can be shown now. */
  push(piece: string, matcher: SecretMatcher): string {
    const text = this.#held + piece;
    return this.#take(text, matcher.mayBegin(text), matcher);
  }

  /** The stream is over: gives what was held. Where it was cut off, half a secret is none that can be shown. */
  end(matcher: SecretMatcher | undefined, { cut = false }: { readonly cut?: boolean } = {}): string {
    const text = this.#held;
    if (matcher === undefined) {
      const shown = text.slice(this.#covered);
      this.#held = '';
      this.#covered = 0;
      return shown;
    }
    const shown = this.#take(text, text.length, matcher);
    return cut ? matcher.redactCut(shown, { end: true }) : shown;
  }

  #take(text: string, until: number, matcher: SecretMatcher): string {
    let shown = '';
    let position = this.#covered;
    for (const [start, end] of matcher.spans(text)) {
      if (start >= until) break;
      if (end <= position) continue;
      if (start >= position) shown += text.slice(position, start) + REDACTED;
      position = end;
    }
    if (position < until) {
      shown += text.slice(position, until);
      position = until;
    }
    this.#held = text.slice(until);
    this.#covered = position - until;
    return shown;
  }
}
