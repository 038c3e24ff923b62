import type { Clock } from '../base/clock.ts';
import { toDisposable, type Disposable } from '../base/disposable.ts';

/** How often a side that nothing was heard of is pinged, in milliseconds. */
export const BEAT_MS = 15_000;

/** Pings in a row that may stay unanswered before a connection counts as dead. */
const MISSED = 2;

/** The part of `ws`'s WebSocket that a heartbeat needs, so that this file depends on no package. */
export interface BeatingSocket {
  ping(): void;
  terminate(): void;
  on(event: 'message' | 'ping' | 'pong' | 'close', listener: () => void): unknown;
}

/**
 * Notices the death of a TCP connection that nobody tells about (ARCHITECTURE.md): pings, and ends a connection on which
 * nothing came for two beats. Counts beats, not time, so that a machine that slept gets its chance. Never for local sockets:
 * there the system reports death, and a window that stands at a breakpoint must not be dropped.
 */
export function beat(socket: BeatingSocket, clock: Clock): Disposable {
  let missed = 0;
  let timer: Disposable;
  const heard = (): void => {
    missed = 0;
  };
  const tick = (): void => {
    if (missed++ >= MISSED) return socket.terminate();
    socket.ping();
    timer = clock.after(BEAT_MS, tick);
  };
  timer = clock.after(BEAT_MS, tick);
  socket.on('message', heard);
  socket.on('ping', heard);
  socket.on('pong', heard);
  const stop = toDisposable(() => timer.dispose());
  socket.on('close', () => stop.dispose());
  return stop;
}
