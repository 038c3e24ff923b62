import { errorText } from '../base/errorText.ts';
import type { Envelope } from '../protocol/events.ts';
import type { SessionId } from '../protocol/ids.ts';
import { parseEnvelope } from '../protocol/parseEnvelope.ts';
import { chargeOf, type Charge, type CreditChannel } from './credit.ts';
import type { Log } from './log.ts';

/** Where the envelopes of a frame go. */
export interface FrameRoute {
  readonly channel: CreditChannel;
  readonly log: Log;
  /** The frame is about an open in flight, whose host says here what its session is called (O7). */
  named(openId: unknown, sessionId: unknown): void;
  /** Takes one envelope; whoever keeps it retains the charge. False for a session that is not known. */
  take(envelope: Envelope, charge: Charge): boolean;
  /** The envelopes of one session that is not known. */
  unknown(sessionId: SessionId, envelopes: readonly Envelope[]): void;
}

/**
 * Reads the params of `session/events` and hands on each envelope. One that cannot be read is logged and left out: its
 * session sees the gap and asks again, the others are not concerned, and the connection stays.
 */
export function routeFrame(params: unknown, { channel, log, named, take, unknown }: FrameRoute): void {
  const { events, bytes, openId, sessionId } = (params ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(events)) return log('a session/events without events was left out');
  const charge = chargeOf(channel, typeof bytes === 'number' ? bytes : 0, events.length);
  const strange = new Map<SessionId, Envelope[]>();
  if (openId !== undefined) named(openId, sessionId ?? sessionOf(events[0]));
  for (const value of events as unknown[]) {
    try {
      const envelope = parseEnvelope(value);
      if (take(envelope, charge)) continue;
      const others = strange.get(envelope.sessionId) ?? [];
      strange.set(envelope.sessionId, others);
      others.push(envelope);
    } catch (error) {
      log(`an envelope cannot be read: ${errorText(error)}`);
    }
  }
  for (const [id, envelopes] of strange) unknown(id, envelopes);
  charge.release();
}

function sessionOf(envelope: unknown): unknown {
  return typeof envelope === 'object' && envelope !== null && 'sessionId' in envelope
    ? envelope.sessionId
    : undefined;
}
