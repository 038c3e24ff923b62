import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Entry } from './journal/journal.ts';

/** Text waits at most this long for more of its kind (law 7), in milliseconds. */
export const COALESCE_MS = 20;

/** More waiting text than this goes on at once. */
const MAX_WAITING = 32 * 1024;

/**
 * Joins adjacent text of one message or one command's stream, leading edge first (law 7): what comes after 20 ms of
 * quiet goes at once, followers wait at most 20 ms, and any other event sends what waits before itself.
 */
export class Coalescer implements Disposable {
  readonly #clock: Clock;
  readonly #out: (entry: Entry) => void;
  #waiting: Entry | undefined;
  #timer: Disposable | undefined;
  #lastOut = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, out: (entry: Entry) => void) {
    this.#clock = clock;
    this.#out = out;
  }

  push(entry: Entry): void {
    const joined = this.#waiting === undefined ? undefined : join(this.#waiting, entry);
    if (joined !== undefined) {
      this.#waiting = joined;
      if (textOf(joined).length > MAX_WAITING) this.flush();
      return;
    }
    this.flush();
    const now = this.#clock.monotonic();
    if (!isText(entry) || now - this.#lastOut >= COALESCE_MS) {
      if (isText(entry)) this.#lastOut = now;
      this.#out(entry);
      return;
    }
    this.#waiting = entry;
    this.#timer = this.#clock.after(COALESCE_MS - (now - this.#lastOut), () => this.flush());
  }

  /** Sends on what waits. */
  flush(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.#timer?.dispose();
    this.#lastOut = this.#clock.monotonic();
    this.#out(waiting);
  }

  dispose(): void {
    this.flush();
  }
}

function isText({ event }: Entry): boolean {
  return (
    event.type === 'commandRun.output' || (event.type === 'message.appended' && event.content.type === 'text')
  );
}

function textOf({ event }: Entry): string {
  if (event.type === 'commandRun.output') return event.text;
  return event.type === 'message.appended' && event.content.type === 'text' ? event.content.text : '';
}

/** One entry for two, when the second goes on where the first stopped. */
function join(first: Entry, second: Entry): Entry | undefined {
  const a = first.event;
  const b = second.event;
  if (first.turnId !== second.turnId) return undefined;
  if (a.type === 'commandRun.output' && b.type === 'commandRun.output') {
    const same = a.commandRunId === b.commandRunId && a.stream === b.stream;
    return same ? { ...first, event: { ...a, text: a.text + b.text } } : undefined;
  }
  if (a.type !== 'message.appended' || b.type !== 'message.appended' || a.messageId !== b.messageId)
    return undefined;
  if (a.content.type !== 'text' || b.content.type !== 'text') return undefined;
  return { ...first, event: { ...a, content: { type: 'text', text: a.content.text + b.content.text } } };
}
