import { HoldfastError } from '../protocol/errors.ts';
import type { Log } from './log.ts';
import { redactValue, type WalkOptions } from './redactValue.ts';
import type { SessionSecrets } from './sessionSecrets.ts';

/**
 * The secrets of all sessions in memory, for what is said beside a session’s journal: the log, and errors that are answered
 * (C5). Those are rare, so each session is asked in turn. Owned by the process.
 */
export class KnownSecrets {
  #sessions: () => Iterable<SessionSecrets> = () => [];

  /** Says where the sessions are found, once there are any. */
  of(sessions: () => Iterable<SessionSecrets>): void {
    this.#sessions = sessions;
  }

  /** A value without any session’s secrets. */
  redact<T>(value: T, options?: Pick<WalkOptions, 'growing'>): T {
    let shown = value;
    for (const { matcher } of this.#sessions()) {
      if (matcher !== undefined) shown = redactValue(shown, matcher, { free: true, ...options });
    }
    return shown;
  }

  /** An error whose words and facts may be seen by anyone; its kind stays. */
  redactError(error: HoldfastError): HoldfastError {
    const { kind, message, details } = error;
    const shown = this.redact({ message, details });
    return new HoldfastError(kind, shown.message, shown.details);
  }

  /** A log that never gets to see a secret. */
  redacting(log: Log): Log {
    const words = (error: unknown): unknown =>
      error === undefined
        ? undefined
        : this.redact(error instanceof Error ? (error.stack ?? error.message) : error);
    return {
      info: (text) => log.info(this.redact(text)),
      warn: (text, error) => log.warn(this.redact(text), words(error)),
      error: (text, error) => log.error(this.redact(text), words(error)),
    };
  }
}
