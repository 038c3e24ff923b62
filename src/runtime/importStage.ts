import { createHash, type Hash } from 'node:crypto';
import { appendFileSync, closeSync, openSync, readSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Envelope } from '../protocol/events.ts';
import { parseEnvelope } from '../protocol/parseEnvelope.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** A stretch of a content, as base64. */
export interface BlobStretch {
  readonly sha256: string;
  readonly offset: number;
  readonly data: string;
}

/** An envelope that came, or a stretch of a content, and what it weighs in the file, in bytes. */
type Staged = { readonly length: number } & (
  | { readonly envelope: Envelope }
  | { readonly envelope?: undefined; readonly sha256: string; readonly bytes: Buffer }
);

type Line = { readonly envelope: unknown } | { readonly blob: BlobStretch };

const CHUNK_BYTES = 1024 * 1024;

/**
 * What came so far of one import, in a file of its own: it may be large, and its next page may be long in coming. Owned by
 * the imports, which dispose it whatever becomes of it.
 */
export class ImportStage {
  readonly #folder: string;
  readonly #file: string;
  readonly #lengths = new Map<string, number>();
  #bytes = 0;
  #envelopes = 0;
  #lastSeq = 0;

  /** How many pages came. */
  pages = 0;

  /** The file stands in `folder`; see `temporaryFolder`. Throws `storageFailed` when it cannot be made. */
  constructor(folder?: string) {
    try {
      this.#folder = temporaryFolder('holdfast-import', folder);
    } catch (error) {
      const words = `the import cannot be kept: ${errorText(error)}`;
      throw new HoldfastError('storageFailed', words, { path: folder }, error);
    }
    this.#file = path.join(this.#folder, 'pages.ndjson');
  }

  /** About what it weighs. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many envelopes there are, and the number of the last. */
  get envelopeCount(): number {
    return this.#envelopes;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** How much there is of a content, in bytes. */
  lengthOf(sha256: string): number {
    return this.#lengths.get(sha256) ?? 0;
  }

  /** Adds one page, which was looked at. Throws `storageFailed` when it cannot be kept. */
  add(envelopes: readonly Envelope[], blobs: readonly BlobStretch[]): void {
    const lines = [
      ...envelopes.map((envelope) => JSON.stringify({ envelope })),
      ...blobs.map((blob) => JSON.stringify({ blob })),
    ];
    const text = lines.map((line) => `${line}\n`).join('');
    try {
      appendFileSync(this.#file, text, { mode: 0o600 });
    } catch (error) {
      const words = `the import cannot be kept in ${this.#folder}: ${errorText(error)}`;
      throw new HoldfastError('storageFailed', words, { path: this.#folder }, error);
    }
    this.#bytes += Buffer.byteLength(text);
    this.#envelopes += envelopes.length;
    this.#lastSeq = envelopes.at(-1)?.seq ?? this.#lastSeq;
    for (const { sha256, data } of blobs)
      this.#lengths.set(sha256, this.lengthOf(sha256) + Buffer.byteLength(data, 'base64'));
  }

  /** What the contents are said to be, and what they are: SHA-256 in hexadecimal. Waits for `pause` after each line. */
  async hashes(pause: (bytes: number) => Promise<void>): Promise<ReadonlyMap<string, string>> {
    const hashes = new Map<string, Hash>();
    // Most sessions have none.
    if (this.#lengths.size === 0) return new Map();
    for (const { line, length } of this.#lines()) {
      if ('blob' in line) {
        const { sha256, data } = line.blob;
        const hash = hashes.get(sha256) ?? createHash('sha256');
        hashes.set(sha256, hash.update(data, 'base64'));
      }
      await pause(length);
    }
    return new Map([...hashes].map(([sha256, hash]) => [sha256, hash.digest('hex')]));
  }

  /** All that came, in order: of a content, stretch after stretch. */
  *all(): Iterable<Staged> {
    for (const { line, length } of this.#lines()) {
      if ('envelope' in line) yield { envelope: parseEnvelope(line.envelope), length };
      else yield { sha256: line.blob.sha256, bytes: Buffer.from(line.blob.data, 'base64'), length };
    }
  }

  /** Removes what was kept. Never throws: what cannot be removed is left to the next runtime. */
  dispose(): void {
    try {
      rmSync(this.#folder, { recursive: true, force: true });
    } catch {
      // The next runtime removes it.
    }
  }

  *#lines(): Iterable<{ readonly line: Line; readonly length: number }> {
    if (this.#bytes === 0) return;
    const handle = openSync(this.#file, 'r');
    try {
      let rest: Buffer[] = [];
      for (;;) {
        const chunk = Buffer.alloc(CHUNK_BYTES);
        const length = readSync(handle, chunk);
        if (length === 0) return;
        let from = 0;
        for (let end = chunk.indexOf(10); end !== -1 && end < length; end = chunk.indexOf(10, from)) {
          const line = Buffer.concat([...rest, chunk.subarray(from, end)]);
          rest = [];
          from = end + 1;
          yield { line: JSON.parse(line.toString('utf8')) as Line, length: line.length };
        }
        rest.push(chunk.subarray(from, length));
      }
    } finally {
      closeSync(handle);
    }
  }
}
