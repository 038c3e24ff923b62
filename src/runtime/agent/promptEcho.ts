import type { ContentBlock } from '../../protocol/content.ts';

/** Of what was given to running work, texts that may still be repeated; the oldest are forgotten (law 7). */
const MOST_STEERED = 100;

/** What of the running prompt, and of what steers it, the agent has not repeated yet: an echo of it is no new message. */
export class PromptEcho {
  #left = '';
  /** Of what was given to running prompts' work, oldest first: it may be told of when other work has begun. */
  readonly #steered: { left: string }[] = [];

  /** A prompt with this text is about to be sent. */
  begin(text: string): void {
    this.#left = text;
  }

  /**
   * This text is about to be given to the running prompt's work; what is told of it may come after that. The function says that
   * it was not taken.
   */
  steer(text: string): () => void {
    const steered = { left: text };
    this.#steered.push(steered);
    if (this.#steered.length > MOST_STEERED) this.#steered.shift();
    return () => this.#drop(steered);
  }

  end(): void {
    this.#left = '';
  }

  /** Whether this is the next of what is being repeated; it is taken then. What is no text is, as long as anything is left. */
  takes(content: ContentBlock): boolean {
    if (content.type !== 'text') return this.#left !== '' || this.#steered.length > 0;
    if (this.#left.startsWith(content.text)) {
      this.#left = this.#left.slice(content.text.length);
      return true;
    }
    const steered = this.#steered.find(({ left }) => left.startsWith(content.text));
    if (steered === undefined) return false;
    steered.left = steered.left.slice(content.text.length);
    if (steered.left === '') this.#drop(steered);
    return true;
  }

  #drop(steered: { left: string }): void {
    const place = this.#steered.indexOf(steered);
    if (place !== -1) this.#steered.splice(place, 1);
  }
}
