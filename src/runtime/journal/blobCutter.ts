import { PART_BYTES } from './blobReader.ts';
import type { Part } from './blobs.ts';

/** What of a content can be written now; with the last of it, its size. */
export interface Cut extends Part {
  readonly size?: number;
}

/** Cuts contents that come in stretches into parts: of each it holds less than one. */
export class BlobCutter {
  readonly #open = new Map<string, { rest: Uint8Array; index: number }>();

  /** Takes the next stretch of a content, of `size` bytes in all. */
  add(sha256: string, stretch: Uint8Array, size: number): readonly Cut[] {
    const { rest, index } = this.#open.get(sha256) ?? { rest: new Uint8Array(), index: 0 };
    const bytes = rest.byteLength === 0 ? stretch : Buffer.concat([rest, stretch]);
    const isEnd = index * PART_BYTES + bytes.byteLength >= size;
    const cuts: Cut[] = [];
    let at = 0;
    for (; isEnd ? at < bytes.byteLength : at + PART_BYTES <= bytes.byteLength; at += PART_BYTES)
      cuts.push({ sha256, index: index + cuts.length, bytes: bytes.subarray(at, at + PART_BYTES) });
    this.#open.set(sha256, { rest: bytes.subarray(at), index: index + cuts.length });
    if (!isEnd) return cuts;
    this.#open.delete(sha256);
    const last = cuts.pop() ?? { sha256, index: 0, bytes: new Uint8Array() };
    return [...cuts, { ...last, size }];
  }
}
