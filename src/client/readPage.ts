import { isHoldfastError } from '../protocol/errors.ts';
import type { Envelope } from '../protocol/events.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Cursor } from '../protocol/methods.ts';
import { parseEnvelope } from '../protocol/parseEnvelope.ts';
import type { Outbox } from './outbox.ts';

/** A page of a session's envelopes after a cursor. Waits for the next connection as often as one is lost over it. */
export async function readPage(
  outbox: Outbox,
  sessionId: SessionId,
  cursor: Cursor,
): Promise<readonly Envelope[]> {
  for (;;) {
    try {
      const { envelopes } = await outbox.request('session/export', { sessionId, cursor });
      return envelopes.map(parseEnvelope);
    } catch (error) {
      if (!isHoldfastError(error, 'connectionLost')) throw error;
    }
  }
}
