import type { Connection } from '../../src/client/index.ts';
import type { Envelope } from '../../src/protocol/events.ts';
import type { SessionId } from '../../src/protocol/ids.ts';

/** All that the journal has of a session, read by a client that has just come. */
export async function everything(reader: Connection, sessionId: SessionId): Promise<readonly Envelope[]> {
  const found: Envelope[] = [];
  const session = await reader.openSession({
    sessionId,
    attach: true,
    onEvent: (envelope) => found.push(envelope),
  });
  const { seq } = session.head;
  for await (const envelope of session.events({ since: 0 })) if (envelope.seq >= seq) break;
  session.leave();
  return found;
}
