import { appendFileSync, closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

/**
 * A file of text that keeps at most two generations of so many bytes, private to the user. What is written is rare, so
 * writing is synchronous: the last words before a crash are there. A disk that refuses them costs the words, never the runtime.
 */
export class RotatedFile {
  readonly file: string;
  readonly #most: number;
  #size: number;

  /** The folder is there. */
  constructor(file: string, most: number) {
    this.file = file;
    this.#most = most;
    this.#size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Adds whole lines. Of more than a generation holds, those are left out that would be gone at once. */
  append(lines: string): void {
    const text = lastLines(lines, this.#most);
    const bytes = Buffer.byteLength(text);
    try {
      if (this.#size + bytes > this.#most && this.#size > 0) {
        renameSync(this.file, earlier(this.file));
        this.#size = 0;
      }
      appendFileSync(this.file, text, { mode: 0o600 });
      this.#size += bytes;
    } catch {
      // Nowhere left to say it.
    }
  }
}

/** The last so many bytes of both generations, from the beginning of a line. */
export function lastOf(file: string, most: number): string {
  const last = tail(file, most);
  const all = Buffer.concat([tail(earlier(file), most - last.length), last]);
  const text = all.toString('utf8');
  return all.length < most ? text : text.slice(text.indexOf('\n') + 1);
}

/** The last lines that weigh no more than so many bytes; one alone may weigh more. */
function lastLines(lines: string, most: number): string {
  const bytes = Buffer.from(lines);
  if (bytes.length <= most) return lines;
  const end = bytes.indexOf(10, bytes.length - most - 1);
  return end === -1 || end === bytes.length - 1 ? lines : bytes.subarray(end + 1).toString('utf8');
}

const earlier = (file: string): string => `${file}.1`;

function tail(file: string, most: number): Buffer {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.max(0, Math.min(size, most)));
    return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, size - bytes.length));
  } finally {
    closeSync(handle);
  }
}
