import { systemClock, type Clock } from '../base/clock.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { ProcessSecrets, ResolvedAgent } from './agent/agent.ts';
import type { Log } from './log.ts';
import { redactValue, type WalkOptions } from './redactValue.ts';
import { SecretMatcher } from './secretMatcher.ts';
import { secretsOf } from './secrets.ts';
import type { SessionSecrets } from './sessionSecrets.ts';

/** How long after the end of a process errors may still tell of it, in milliseconds. */
const TOLD_MS = 60_000;

/** Ended processes whose secrets are remembered; beyond, the oldest are forgotten (law 7). */
const MOST_ENDED = 64;

/**
 * The secrets of all sessions in memory and of all agent processes, for what is said beside a session’s journal: the log, errors
 * that are answered, and what agents write to stderr (C5). A process outlives the sessions that it was given its values for,
 * and some never have one. Owned by the process.
 */
export class KnownSecrets {
  readonly #clock: Clock;
  readonly #running = new Set<ReadonlySet<string>>();
  readonly #ended = new Set<ReadonlySet<string>>();
  #sessions: () => Iterable<SessionSecrets> = () => [];
  /** What `#joint` was made of. */
  #parts: readonly object[] = [];
  #joint: SecretMatcher | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Says where the sessions are found, once there are any. */
  of(sessions: () => Iterable<SessionSecrets>): void {
    this.#sessions = sessions;
  }

  /**
   * Remembers what a process is given, from before its start. What its sessions add is let go of with it: its end is still told
   * of for a while.
   */
  process(): ProcessSecrets {
    let known: ReadonlySet<string> = new Set();
    this.#running.add(known);
    const add = (values: Iterable<string>): void => {
      const more = new Set([...known, ...values]);
      if (more.size === known.size || !this.#running.delete(known)) return;
      this.#running.add((known = more));
    };
    return {
      addGiven: (agent: ResolvedAgent) => add([...secretsOf({ agent }), ...(agent.secrets ?? [])]),
      add,
      dispose: () => {
        if (this.#running.delete(known) && known.size > 0) this.#ending(known);
      },
    };
  }

  #ending(known: ReadonlySet<string>): void {
    this.#ended.add(known);
    const [oldest] = this.#ended;
    if (this.#ended.size > MOST_ENDED && oldest !== undefined) this.#ended.delete(oldest);
    this.#clock.after(TOLD_MS, () => this.#ended.delete(known));
  }

  /** A value without any secret of a session or a process. */
  redact<T>(value: T, options?: Pick<WalkOptions, 'growing'>): T {
    const matcher = this.#matcher();
    return matcher === undefined ? value : redactValue(value, matcher, { free: true, ...options });
  }

  /** An error whose words and facts may be seen by anyone; its kind stays. */
  redactError(error: HoldfastError): HoldfastError {
    const { kind, message, details } = error;
    const shown = this.redact({ message, details });
    return new HoldfastError(kind, shown.message, shown.details);
  }

  /** A log that never gets to see a secret, nor most of one that was cut off at the end of its words. */
  redacting(log: Log): Log {
    const text = (said: string): string => this.redact(said, { growing: true });
    const words = (error: unknown): unknown =>
      error === undefined
        ? undefined
        : this.redact(error instanceof Error ? (error.stack ?? error.message) : error);
    return {
      info: (said) => log.info(text(said)),
      warn: (said, error) => log.warn(text(said), words(error)),
      error: (said, error) => log.error(text(said), words(error)),
    };
  }

  /** One for all: where the secrets of two overlap, what is left of the longer one says nothing. Made anew when they changed. */
  #matcher(): SecretMatcher | undefined {
    const matchers = [...this.#sessions()].flatMap(({ matcher }) => (matcher === undefined ? [] : [matcher]));
    const sets = [...this.#running, ...this.#ended];
    const parts = [...matchers, ...sets];
    if (parts.length === this.#parts.length && parts.every((part, index) => part === this.#parts[index]))
      return this.#joint;
    const all = new Set([
      ...matchers.flatMap(({ secrets }) => [...secrets]),
      ...sets.flatMap((set) => [...set]),
    ]);
    this.#parts = parts;
    this.#joint = all.size === 0 ? undefined : new SecretMatcher(all);
    return this.#joint;
  }
}
