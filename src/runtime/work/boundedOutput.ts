import { StringDecoder } from 'node:string_decoder';
import type { OutputSpan } from '../../protocol/output.ts';

/** Bytes of a command's output that become events. */
export const OUTPUT_BYTES = 1024 * 1024;
/** Bytes kept from the end of what is beyond. */
export const TAIL_BYTES = 64 * 1024;
/** Bytes of the whole output that are kept, both streams as they came, when not all of it becomes events. */
export const WHOLE_BYTES = 8 * 1024 * 1024;

interface Held extends OutputSpan {
  readonly bytes: number;
}

/**
 * Decodes what a command prints and bounds it (C1): the first mebibyte is passed on as it comes, of the rest only the
 * end is held, so that an endless `yes` costs little; the whole is kept up to a cap. Characters that are split between chunks come whole.
 */
export class BoundedOutput {
  readonly #pass: (stream: OutputSpan['stream'], text: string) => void;
  readonly #decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  #room = OUTPUT_BYTES;
  #held: Held[] = [];
  #heldBytes = 0;
  readonly #whole: Buffer[] = [];
  #wholeRoom = WHOLE_BYTES;
  #omitted = 0;

  constructor(pass: (stream: OutputSpan['stream'], text: string) => void) {
    this.#pass = pass;
  }

  push(stream: OutputSpan['stream'], bytes: Buffer): void {
    if (this.#wholeRoom > 0) this.#whole.push(bytes.subarray(0, this.#wholeRoom));
    this.#wholeRoom -= Math.min(this.#wholeRoom, bytes.length);
    const first = bytes.subarray(0, this.#room);
    this.#room -= first.length;
    const text = this.#decoders[stream].write(first);
    if (text !== '') this.#pass(stream, text);
    if (first.length < bytes.length) this.#hold(stream, bytes.subarray(first.length));
  }

  /** To be called once. What was held goes out as ordinary output when nothing of it had to be left out. */
  end(): { readonly tail?: string; readonly omittedBytes?: number; readonly whole?: Uint8Array } {
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = this.#decoders[stream].end();
      if (text === '') continue;
      if (this.#held.length === 0) this.#pass(stream, text);
      else this.#held.push({ stream, text, bytes: 0 });
    }
    if (this.#omitted === 0) {
      for (const { stream, text } of this.#held) this.#pass(stream, text);
      return {};
    }
    const text = this.#held.map((held) => held.text).join('');
    const tail = fromCharacter(text, text.length - TAIL_BYTES);
    const cut = Buffer.byteLength(text.slice(0, text.length - tail.length));
    return { tail, omittedBytes: this.#omitted + cut, whole: Buffer.concat(this.#whole) };
  }

  /** Whole chunks go, oldest first, as long as what stays is enough for the tail. */
  #hold(stream: OutputSpan['stream'], bytes: Buffer): void {
    this.#held.push({ stream, text: this.#decoders[stream].write(bytes), bytes: bytes.length });
    this.#heldBytes += bytes.length;
    for (;;) {
      const oldest = this.#held[0];
      if (oldest === undefined || this.#heldBytes - oldest.bytes < TAIL_BYTES) return;
      this.#held.shift();
      this.#heldBytes -= oldest.bytes;
      this.#omitted += oldest.bytes;
    }
  }
}

/** The text from an index on, never beginning with half a character. */
function fromCharacter(text: string, index: number): string {
  if (index <= 0) return text;
  const code = text.charCodeAt(index);
  return text.slice(code >= 0xdc00 && code <= 0xdfff ? index + 1 : index);
}
