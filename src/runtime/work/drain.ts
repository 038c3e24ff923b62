import type { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';

/** So long nothing must come for a pipe to count as drained. */
const QUIET_MS = 100;
/** And so long it is waited for at most, when something in the background keeps writing. */
const DRAIN_MS = 1000;
/** Between two reads of output that nobody wants any more. */
const TRICKLE_MS = 20;

/**
 * Resolves when all streams have ended, or when nothing came for a short while: a process in the background can hold a
 * pipe open for ever after the command's own end. The streams stay as they are. Time that passed while this process did not
 * get to run is no quiet: what stands in the pipes by then is read first.
 */
export function quiet(streams: readonly Readable[], clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const hold = setInterval(() => undefined, DRAIN_MS);
    let pause: Disposable | undefined;
    const done = (): void => {
      pause?.dispose();
      limit.dispose();
      clearInterval(hold);
      for (const stream of streams) stream.off('data', wait).off('close', check);
      resolve();
    };
    const wait = (): void => {
      pause?.dispose();
      const own = clock.after(QUIET_MS, () => onceRead(() => own === pause && done()));
      pause = own;
    };
    const check = (): void => {
      if (streams.every((stream) => stream.closed || stream.destroyed)) done();
    };
    const limit = clock.after(DRAIN_MS, () => onceRead(done));
    for (const stream of streams) stream.on('data', wait).on('close', check);
    wait();
    check();
  });
}

/** Goes on when the event loop has been to its pipes once more: timers that are due come before what can be read. */
export function onceRead(action: () => void): void {
  setImmediate(action);
}

/**
 * To be called with each piece of a stream: the next comes in another turn of the event loop. A pipe that is filled as fast as it is
 * read would keep everybody else waiting (law 7).
 */
export function oneATurn(stream: Readable): void {
  stream.pause();
  setImmediate(() => stream.resume());
}

/**
 * Goes on reading a pipe that a process in the background still writes to, at a trickle and for nobody: were it closed,
 * the process would die of it; were it not read, it would stop. Never keeps the runtime alive.
 */
export function letGo(stream: Readable, clock: Clock): void {
  if (stream.destroyed) return;
  stream.on('error', () => undefined);
  stream.on('data', () => {
    stream.pause();
    clock.after(TRICKLE_MS, () => stream.resume());
  });
  stream.resume();
  if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
}
