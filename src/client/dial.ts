import { systemClock, type Clock } from '../base/clock.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import { errorText } from '../base/errorText.ts';
import { HoldfastError, isHoldfastError, type ErrorKind } from '../protocol/errors.ts';
import { resolveHome } from './home.ts';
import { consoleLog, type Log } from './log.ts';
import { reach, type Reached, type ReachOptions } from './reach.ts';

/**
 * What a dialer is doing. `starting`: nothing was tried yet. `connecting`: an attempt runs, which may start a runtime.
 * `waiting`: the last attempt failed, the next one begins at `nextAttemptAt` (milliseconds since the epoch).
 * `connected`: the last dial gave a connection.
 */
export interface DialState {
  readonly state: 'starting' | 'connecting' | 'waiting' | 'connected';
  /** Counts the attempts of this dial from 1; 0 before the first. */
  readonly attempt: number;
  readonly nextAttemptAt?: number | undefined;
  readonly lastError?: HoldfastError | undefined;
}

/** How a runtime is reached, and how stubbornly. */
export interface DialOptions {
  /** The data directory; default as `resolveHome`. */
  readonly home?: string | undefined;
  /** Whether a runtime may be started; without, an attempt that finds none fails with `runtimeUnreachable`. Default true. */
  readonly mayLaunch?: boolean | undefined;
  /** Attempts before a dial gives up; default: it never does. */
  readonly attempts?: number | undefined;
  /** The runtime's bundle, default `runtime.mjs` next to the running program. The extension names its own. */
  readonly bundle?: string | undefined;
  readonly log?: Log | undefined;
  readonly clock?: Clock | undefined;
  /** A number in [0, 1), for the jitter. */
  readonly random?: (() => number) | undefined;
  /** One attempt; handed in by tests. */
  readonly reach?: ((options: ReachOptions, signal?: AbortSignal) => Promise<Reached>) | undefined;
}

/** What one `dial` may be told. */
export interface DialCall {
  readonly signal?: AbortSignal | undefined;
  /** Overrides the dialer's own. */
  readonly attempts?: number | undefined;
}

/** Finds or launches a runtime and connects to it, as often as asked. Knows no sessions. */
export interface Dialer {
  readonly home: string;
  readonly state: DialState;
  readonly onState: Listen<DialState>;
  /**
   * Resolves with a new connection. Rejects with `aborted` when the signal says so, or with the last error when the
   * attempts are used up. One dial at a time.
   */
  dial(call?: DialCall): Promise<Reached>;
  /** Makes a waiting dial try at once. */
  retryNow(): void;
}

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 5_000;

/** Failures that another attempt will not mend by itself; with limited attempts they are told at once. */
const lasting: ReadonlySet<ErrorKind> = new Set([
  'noUsableNode',
  'homeUnusable',
  'journalNewer',
  'accessRefused',
]);

/** The wait after the given number of failed attempts: doubling from 100 ms to 5 s, the upper half of it at random. */
export function backOff(failed: number, random: () => number): number {
  const full = Math.min(FIRST_DELAY_MS * 2 ** Math.min(failed - 1, 16), LAST_DELAY_MS);
  return Math.round(full / 2 + (full / 2) * random());
}

/** Makes a dialer; nothing happens before its first `dial`. */
export function createDialer(options: DialOptions = {}): Dialer {
  const { mayLaunch = true, log = consoleLog, clock = systemClock, random = Math.random } = options;
  const attempt = options.reach ?? reach;
  const home = resolveHome({ home: options.home });
  const target: ReachOptions = { home, mayLaunch, bundle: options.bundle, log, clock };
  const changed = new Emitter<DialState>((error) =>
    log(`a listener of the dial state failed: ${errorText(error)}`),
  );
  let state: DialState = { state: 'starting', attempt: 0 };
  let wake: (() => void) | undefined;

  const become = (next: DialState): void => {
    state = next;
    changed.fire(next);
  };

  async function dial({ signal, attempts = options.attempts ?? Infinity }: DialCall = {}): Promise<Reached> {
    let lastError: HoldfastError | undefined;
    for (let count = 1; ; count++) {
      if (isAborted(signal)) throw givenUp();
      become({ state: 'connecting', attempt: count, lastError });
      try {
        const reached = await attempt(target, signal);
        if (!isAborted(signal)) {
          become({ state: 'connected', attempt: count });
          return reached;
        }
        reached.transport.writer.end();
      } catch (error) {
        lastError = asHoldfastError(error);
        log(`attempt ${count} to reach the runtime failed: ${lastError.message}`, 'info');
      }
      if (isAborted(signal)) throw givenUp();
      if (
        lastError !== undefined &&
        (count >= attempts || (attempts !== Infinity && lasting.has(lastError.kind)))
      )
        throw lastError;
      const delay = backOff(count, random);
      become({ state: 'waiting', attempt: count, nextAttemptAt: clock.now() + delay, lastError });
      await pause(delay, signal);
    }
  }

  /** Ends early on `retryNow` and on abort. */
  function pause(delay: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        timer.dispose();
        signal?.removeEventListener('abort', finish);
        wake = undefined;
        resolve();
      };
      const timer = clock.after(delay, finish);
      wake = finish;
      signal?.addEventListener('abort', finish, { once: true });
    });
  }

  return {
    home,
    get state() {
      return state;
    },
    onState: changed.listen,
    dial,
    retryNow: () => wake?.(),
  };
}

/** Asked anew each time: it changes while something is awaited. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function givenUp(): HoldfastError {
  return new HoldfastError('aborted', 'reaching the runtime was given up');
}

function asHoldfastError(error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  return new HoldfastError('runtimeUnreachable', errorText(error), {}, error);
}
