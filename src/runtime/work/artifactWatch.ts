import { watch, type FSWatcher } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';

/** Quiet after a change before it is looked at, in milliseconds: files are written in many steps. */
const QUIET_MS = 150;
/** How often is looked where watching is not to be had. */
const POLL_MS = 2000;

/** One watch over directories, whichever they are at the moment; says only that something changed. Owned by `Artifacts`. */
export class ArtifactWatch implements Disposable {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #onProblem: (error: unknown) => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: Disposable | undefined;
  #polling: Disposable | undefined;
  #closed = false;

  constructor(clock: Clock, onChange: () => void, onProblem: (error: unknown) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#onProblem = onProblem;
  }

  /** Watches exactly these directories, not what is in their subdirectories. Whether any of them is new. */
  follow(directories: readonly string[]): boolean {
    if (this.#closed) return false;
    const wanted = new Set(directories);
    for (const directory of this.#watchers.keys()) if (!wanted.has(directory)) this.#leave(directory);
    let added = false;
    for (const directory of wanted) {
      if (this.#watchers.has(directory)) continue;
      added = this.#watch(directory) || added;
    }
    return added;
  }

  dispose(): void {
    this.#closed = true;
    for (const directory of [...this.#watchers.keys()]) this.#leave(directory);
    this.#timer?.dispose();
    this.#polling?.dispose();
  }

  #watch(directory: string): boolean {
    try {
      const watcher = watch(directory, { persistent: false }, () => this.#changed());
      watcher.on('error', () => {
        // A directory that goes takes its watch with it; the one above it tells of that.
        this.#leave(directory);
        this.#changed();
      });
      this.#watchers.set(directory, watcher);
      return true;
    } catch (error) {
      if (isMissing(error)) {
        // It went since it was looked at: what is to be followed instead, another look tells.
        this.#changed();
        return false;
      }
      if (this.#polling === undefined) this.#onProblem(error);
      this.#poll();
      return false;
    }
  }

  #leave(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }

  #changed(): void {
    if (this.#closed) return;
    this.#timer ??= this.#clock.after(QUIET_MS, () => {
      this.#timer = undefined;
      this.#onChange();
    });
  }

  #poll(): void {
    this.#polling?.dispose();
    this.#polling = this.#clock.after(POLL_MS, () => {
      this.#onChange();
      if (!this.#closed) this.#poll();
    });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
