import type { Readable } from 'node:stream';

/** The hold of a valve on the output of one process. */
export interface Held {
  /** Resolves when the output is read: at once, unless the valve is shut. */
  opened(): Promise<void>;
  /** Lets go: the output is read from now on, whatever the valve does. */
  release(): void;
}

/**
 * Stops and goes on reading what processes print (law 9): while it is shut their pipes fill, and they wait. Owned by whoever
 * owns the processes.
 */
export class Valve {
  readonly #held = new Set<{ readonly streams: readonly Readable[]; readonly opened: (() => void)[] }>();
  #shut = false;

  get isShut(): boolean {
    return this.#shut;
  }

  /** Takes the output of a process, which is not read while the valve is shut. */
  hold(streams: readonly Readable[]): Held {
    const held = { streams, opened: [] as (() => void)[] };
    this.#held.add(held);
    for (const stream of streams) {
      if (this.#shut) stream.pause();
      // Node itself reads on when a child exits.
      stream.on('resume', () => this.#shut && this.#held.has(held) && stream.pause());
    }
    return {
      opened: () =>
        this.#shut && this.#held.has(held)
          ? new Promise((resolve) => held.opened.push(resolve))
          : Promise.resolve(),
      release: () => {
        if (this.#held.delete(held) && this.#shut) flow(held);
      },
    };
  }

  shut(): void {
    this.#shut = true;
    for (const { streams } of this.#held) for (const stream of streams) stream.pause();
  }

  open(): void {
    if (!this.#shut) return;
    this.#shut = false;
    for (const held of this.#held) flow(held);
  }
}

function flow({
  streams,
  opened,
}: {
  readonly streams: readonly Readable[];
  readonly opened: (() => void)[];
}): void {
  for (const stream of streams) stream.resume();
  for (const resolve of opened.splice(0)) resolve();
}
