import type * as z from 'zod';
import type { eventSchemas } from './eventSchemas.ts';
import type { CommandId, SessionId, TurnId } from './ids.ts';

/** The name of a known event. */
export type EventType = keyof typeof eventSchemas;

/** One known event by its name, or the union of several by theirs. */
export type EventOf<T extends EventType> = T extends EventType
  ? { readonly type: T } & Readonly<z.infer<(typeof eventSchemas)[T]>>
  : never;

/** Any known event. */
export type KnownEvent = { [T in EventType]: EventOf<T> }[EventType];

/** An event that this build does not know or cannot read, kept as it came. */
export interface UnknownEvent {
  readonly type: 'unknown';
  readonly body: unknown;
}

/** A fact about a session. */
export type SessionEvent = KnownEvent | UnknownEvent;

/** Who caused an event: the connection's client, its name for people, and the command that did it. */
export interface By {
  readonly client: string;
  readonly name: string;
  readonly commandId?: CommandId | undefined;
}

/**
 * An event with its place (law 1). `seq` is contiguous from 1 within a session; with `from` the envelope stands for
 * the whole span `from…seq`. `at` is milliseconds since the epoch. A client at cursor c applies it if and only if
 * `(from ?? seq) ≤ c+1 ≤ seq`.
 */
export interface Envelope<E extends SessionEvent = SessionEvent> {
  readonly sessionId: SessionId;
  readonly seq: number;
  readonly from?: number | undefined;
  readonly at: number;
  readonly turnId?: TurnId | undefined;
  readonly by?: By | undefined;
  readonly event: E;
}

/** Law 1: whether an envelope is the next thing for a client that has come as far as `cursor`. */
export function applies(envelope: Pick<Envelope, 'from' | 'seq'>, cursor: number): boolean {
  return (envelope.from ?? envelope.seq) <= cursor + 1 && cursor + 1 <= envelope.seq;
}
