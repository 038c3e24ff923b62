/**
 * Text of which the last so many bytes are kept, cut at a character (A6). What is given costs no more than twice the limit at
 * any time.
 */
export class LastBytes {
  readonly #limit: number;
  #parts: string[] = [];
  #bytes = 0;
  #truncated = false;

  constructor(limit: number) {
    this.#limit = Math.max(0, limit);
  }

  push(text: string): void {
    this.#parts.push(text);
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > 2 * this.#limit) this.#cut();
  }

  /** Whether something is missing at the beginning. */
  get truncated(): boolean {
    return this.#truncated || this.#bytes > this.#limit;
  }

  get text(): string {
    this.#cut();
    return this.#parts[0] ?? '';
  }

  #cut(): void {
    const bytes = Buffer.from(this.#parts.join(''));
    let from = Math.max(0, bytes.length - this.#limit);
    if (from > 0) this.#truncated = true;
    // A byte of the form 10xxxxxx continues a character.
    while (from > 0 && from < bytes.length && ((bytes[from] ?? 0) & 0xc0) === 0x80) from++;
    const kept = bytes.subarray(from);
    this.#parts = [kept.toString('utf8')];
    this.#bytes = kept.length;
  }
}
