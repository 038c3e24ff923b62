import type { Clock } from '../base/clock.ts';
import { HoldfastError, isHoldfastError } from '../protocol/errors.ts';
import type { RequestOptions } from './channel.ts';

/** Ends a wait early: by the caller's signal or by time. The signal's `reason` is always a `HoldfastError`. */
export interface Limit {
  readonly signal: AbortSignal;
  dispose(): void;
}

/** Makes a limit of a caller's options. `what` names the thing that is given up, for its words. Dispose it when the wait ends. */
export function limit(options: RequestOptions, clock: Clock, what: string): Limit {
  const controller = new AbortController();
  const { signal, timeoutMs } = options;
  const abort = (): void => controller.abort(abortError(signal, what));
  const timer =
    timeoutMs === undefined
      ? undefined
      : clock.after(timeoutMs, () =>
          controller.abort(
            new HoldfastError('timedOut', `${what} took longer than ${timeoutMs} ms`, { timeoutMs }),
          ),
        );
  if (signal?.aborted === true) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    dispose() {
      timer?.dispose();
      signal?.removeEventListener('abort', abort);
    },
  };
}

/** Why a signal was aborted, as our error. */
export function abortError(signal: AbortSignal | undefined, what: string): HoldfastError {
  const reason: unknown = signal?.reason;
  return isHoldfastError(reason) ? reason : new HoldfastError('aborted', `${what} was given up`, {}, reason);
}

/** Rejects when the signal is aborted, else settles as the promise does. The promise's own failure is never unhandled. */
export function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  what: string,
): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(abortError(signal, what));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
