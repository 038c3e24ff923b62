import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { newMessageId, newSessionId, newTurnId } from '../../src/protocol/ids.ts';
import { openJournal } from '../../src/runtime/journal/openJournal.ts';
import { SecretMatcher } from '../../src/runtime/secretMatcher.ts';
import { SessionWriter } from '../../src/runtime/sessionWriter.ts';
import { sideBySide, temporaryFolder, timed, type Cleanup, type Figure } from './bench.ts';
import { started } from './journal.ts';

const MEGABYTE = 1024 * 1024;
const CHUNK = 48;

/** What taking five secrets out of a megabyte of streamed text costs, beside writing it to the journal without looking. */
export async function redaction(cleanup: Cleanup): Promise<Figure> {
  const { journal } = openJournal({ file: path.join(temporaryFolder(cleanup), 'journal.db') });
  cleanup.after(() => journal.close());
  const secrets = Array.from({ length: 5 }, (_, n) => `sk-${n}-${'Ab9+/x'.repeat(6)}`);
  const matcher = new SecretMatcher(secrets);
  const chunk = 'The tide comes in twice a day, and so do we; it '.slice(0, CHUNK);
  const write = (find: (() => SecretMatcher) | undefined) => (): Promise<number> => {
    const log = journal.create(newSessionId());
    const writer = new SessionWriter(log, systemClock, find);
    writer.record(started);
    const [turnId, messageId] = [newTurnId(), newMessageId()];
    writer.agentSaid({ type: 'message.started', messageId, role: 'agent', content: [] }, turnId);
    return timed(async () => {
      for (let sent = 0; sent < MEGABYTE; sent += CHUNK)
        writer.agentSaid(
          { type: 'message.appended', messageId, content: { type: 'text', text: chunk } },
          turnId,
        );
      await writer.committed();
    });
  };
  const found = await sideBySide(
    9,
    write(() => matcher),
    write(undefined),
  );
  return {
    name: 'redaction, 1 MiB of text in chunks of 48 characters, five secrets',
    unit: 'ms',
    ours: found.ours,
    against: 'the same without secrets, ms',
    baseline: found.baseline,
    ratio: found.ours / found.baseline,
    aim: 'at most twice',
    met: found.ours <= found.baseline * 2,
  };
}
