import { errorText } from '../base/errorText.ts';
import type { Envelope } from '../protocol/events.ts';
import { parseEnvelope } from '../protocol/parseEnvelope.ts';
import { chargeOf, type Charge, type CreditChannel } from './credit.ts';
import type { Log } from './log.ts';

/** Where the envelopes of a frame go. */
export interface FrameRoute {
  readonly channel: CreditChannel;
  readonly log: Log;
  /** Takes one envelope; whoever keeps it retains the charge. */
  take(envelope: Envelope, charge: Charge): void;
}

/**
 * Reads the params of `session/events` and hands on each envelope. One that cannot be read is logged and left out: its
 * session sees the gap and asks again, the others are not concerned, and the connection stays.
 */
export function routeFrame(params: unknown, { channel, log, take }: FrameRoute): void {
  const { events, bytes } = (params ?? {}) as { events?: unknown; bytes?: unknown };
  if (!Array.isArray(events)) return log('a session/events without events was left out');
  const charge = chargeOf(channel, typeof bytes === 'number' ? bytes : 0, events.length);
  for (const value of events as unknown[]) {
    try {
      take(parseEnvelope(value), charge);
    } catch (error) {
      log(`an envelope cannot be read: ${errorText(error)}`);
    }
  }
  charge.release();
}
