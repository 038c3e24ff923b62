import type { ContentBlock } from '../../protocol/content.ts';

/** What of the running prompt the agent has not repeated yet: an echo of it is no new message. */
export class PromptEcho {
  #left = '';

  /** A prompt with this text is about to be sent. */
  begin(text: string): void {
    this.#left = text;
  }

  end(): void {
    this.#left = '';
  }

  /** Whether this is the next of what is being repeated; it is taken then. What is no text is, as long as anything is left. */
  takes(content: ContentBlock): boolean {
    if (content.type !== 'text') return this.#left !== '';
    if (!this.#left.startsWith(content.text)) return false;
    this.#left = this.#left.slice(content.text.length);
    return true;
  }
}
