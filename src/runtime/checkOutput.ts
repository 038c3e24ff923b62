import type { AgentEvent } from './agent/agent.ts';

/** Characters that are kept from the beginning of what a check printed, and from its end. */
const HEAD = 4 * 1024;
const TAIL = 12 * 1024;

/** The beginning and the end of a long text, with what was left out between them named. */
export function headAndTail(text: string): string {
  if (text.length <= HEAD + TAIL) return text;
  const left = text.length - HEAD - TAIL;
  return `${text.slice(0, HEAD)}\n… ${left} characters left out …\n${text.slice(-TAIL)}`;
}

/** Follows what one command prints, both streams as they come, and keeps its beginning and its end (G1). */
export class OutputExcerpt {
  #head = '';
  #tail = '';
  #omitted = 0;

  hear(event: AgentEvent): void {
    if (event.type === 'commandRun.output') this.#add(event.text);
    if (event.type !== 'commandRun.ended') return;
    this.#omitted += event.omittedBytes ?? 0;
    this.#add(event.tail ?? '');
  }

  get text(): string {
    if (this.#omitted === 0) return this.#head + this.#tail;
    return `${this.#head}\n… ${this.#omitted} characters left out …\n${this.#tail}`;
  }

  #add(text: string): void {
    const room = HEAD - this.#head.length;
    this.#head += text.slice(0, room);
    const tail = this.#tail + text.slice(room);
    this.#omitted += Math.max(0, tail.length - TAIL);
    this.#tail = tail.slice(-TAIL);
  }
}
