import type { ContentBlock } from '../../protocol/content.ts';

/** What of the running prompt, and of what steers it, the agent has not repeated yet: an echo of it is no new message. */
export class PromptEcho {
  #left = '';
  /** Of what was given to the running prompt's work, oldest first. */
  readonly #steered: string[] = [];

  /** A prompt with this text is about to be sent. */
  begin(text: string): void {
    this.#left = text;
    this.#steered.length = 0;
  }

  /** This text is about to be given to the running prompt's work; what is told of it may come after that. */
  steer(text: string): void {
    this.#steered.push(text);
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
    const place = this.#steered.findIndex((text) => text.startsWith(content.text));
    const steered = this.#steered[place];
    if (steered === undefined) return false;
    const left = steered.slice(content.text.length);
    this.#steered.splice(place, 1, ...(left === '' ? [] : [left]));
    return true;
  }
}
