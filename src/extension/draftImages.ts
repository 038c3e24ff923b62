import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorText } from '../base/errorText.ts';
import { loadPageSchemas } from './loadWire.ts';
import type { Log } from '../client/index.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { DraftImage } from '../protocol/page.ts';

/** Drafts whose images are in memory and on disk, the last ones. */
const MOST_IN_MEMORY = 10;
/** What all drafts of a workspace may weigh on disk, in bytes. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Whose composer it is: a session can be shown in the side bar and in an editor tab, each with a draft of its own. */
export interface DraftPlace {
  readonly surface: 'sidebar' | 'editor';
  readonly sessionId: SessionId;
}

/**
 * Images of prompts that are not sent yet, which are too large for what a page can keep: they survive a hidden page and a
 * reload of the window (U3), in files of the workspace’s own storage, gone when the prompt is sent. Owned by `activate`.
 */
export class DraftImages {
  readonly #folder: string | undefined;
  readonly #log: Log;
  readonly #mostBytes: number;
  readonly #kept = new Map<string, readonly DraftImage[]>();
  /** Those of them that are on disk as they are in memory, which may leave it. */
  readonly #onDisk = new Set<string>();
  /** What is being written: one file after the other. */
  #writing: Promise<void> = Promise.resolve();

  /** `folder` is the workspace’s own storage; without one they are kept for as long as the window. */
  constructor(folder: string | undefined, log: Log, { mostBytes = MOST_BYTES } = {}) {
    this.#folder = folder === undefined ? undefined : join(folder, 'draftImages');
    this.#log = log;
    this.#mostBytes = mostBytes;
  }

  /** Keeps the images of a draft in the place of those before; none forgets it. */
  keep(place: DraftPlace, images: readonly DraftImage[]): void {
    const key = keyOf(place);
    this.#kept.delete(key);
    this.#onDisk.delete(key);
    if (images.length > 0) this.#kept.set(key, images);
    this.#later(key, () => this.#write(key, images));
  }

  /** The images of a draft. Never rejects: what cannot be read is not there. */
  async of(place: DraftPlace): Promise<readonly DraftImage[]> {
    const key = keyOf(place);
    await this.#writing;
    const kept = this.#kept.get(key);
    const file = this.#file(key);
    if (kept !== undefined || file === undefined) return kept ?? [];
    try {
      const text = await readFile(file, 'utf8');
      const { draftImagesSchema } = await loadPageSchemas();
      const images = draftImagesSchema.parse(JSON.parse(text));
      this.#kept.set(key, images);
      this.#letGoInMemory(key);
      return images;
    } catch {
      return [];
    }
  }

  #later(key: string, write: () => Promise<void>): void {
    this.#writing = this.#writing
      .then(write)
      .catch((error: unknown) => this.#log(`images of ${key} are not kept: ${errorText(error)}`));
  }

  async #write(key: string, images: readonly DraftImage[]): Promise<void> {
    const file = this.#file(key);
    if (file === undefined) return;
    // There is nothing to forget where nothing was kept.
    if (images.length === 0) return rm(file, { force: true });
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(images));
    if (this.#kept.get(key) === images) this.#letGoInMemory(key);
    await this.#letGo(dirname(file), file);
  }

  /** A draft is on disk now: the oldest of those that are leave memory, and no other, which would be lost. */
  #letGoInMemory(written: string): void {
    this.#onDisk.add(written);
    for (const oldest of [...this.#onDisk].slice(0, -MOST_IN_MEMORY)) {
      this.#onDisk.delete(oldest);
      this.#kept.delete(oldest);
    }
  }

  /** Removes the oldest drafts beyond what they may weigh: windows before this one left theirs, too. `written` stays. */
  async #letGo(folder: string, written: string): Promise<void> {
    const files = (await readdir(folder)).map((name) => join(folder, name));
    const aged = await Promise.all(
      files.map(async (file) => {
        const { mtimeMs: at, size } = await stat(file);
        return { file, at, size };
      }),
    );
    let bytes = 0;
    const heavy = aged
      .toSorted((one, other) => other.at - one.at)
      .filter(({ file, size }) => (bytes += size) > this.#mostBytes && file !== written);
    if (heavy.length === 0) return;
    this.#log(`images of ${heavy.length} drafts that were not sent make room for newer ones`);
    await Promise.all(heavy.map(({ file }) => rm(file, { force: true })));
  }

  #file(key: string): string | undefined {
    return this.#folder !== undefined && /^[\w.-]+$/u.test(key)
      ? join(this.#folder, `${key}.json`)
      : undefined;
  }
}

function keyOf({ surface, sessionId }: DraftPlace): string {
  return `${surface}-${sessionId}`;
}
