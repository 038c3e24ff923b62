import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { newMessageId, type SessionId } from '../../src/protocol/ids.ts';
import type { KnownEvent } from '../../src/protocol/events.ts';
import { sideBySide, timed, type Cleanup, type Figure } from './bench.ts';
import { benchHome } from './home.ts';
import { fill, started } from './journal.ts';

const EVENTS = 100_000;

/** 100,000 events to a client. Baseline: the same rows read and parsed with `node:sqlite` alone, in one process. */
export async function replay(cleanup: Cleanup): Promise<Figure> {
  const home = benchHome(cleanup);
  const [sessionId] = (await fill(home.home, 1, manyEvents)) as [SessionId];
  const connection = await home.connect();
  const ours = (): Promise<number> =>
    timed(async () => {
      let done = (): void => undefined;
      const all = new Promise<void>((resolve) => (done = resolve));
      let count = 0;
      const onEvent = (): void => {
        if (++count === EVENTS) done();
      };
      const session = await connection.openSession({ sessionId, attach: true, onEvent });
      await all;
      session.leave();
    });
  const baseline = (): Promise<number> =>
    timed(() => {
      using database = new DatabaseSync(path.join(home.home, 'journal.db'), { readOnly: true });
      let count = 0;
      for (const row of database.prepare('SELECT body FROM envelope ORDER BY session, seq').iterate()) {
        JSON.parse(String(row['body']));
        count++;
      }
      if (count < EVENTS) throw new Error(`only ${count} rows`);
    });
  const found = await sideBySide(5, ours, baseline);
  const ratio = found.baseline / found.ours;
  return {
    name: `replay of ${EVENTS} events to a client`,
    unit: 'ms',
    ...found,
    against: 'reading and parsing the same rows with node:sqlite alone',
    ...{ ratio, aim: 'ratio > 0.6', met: ratio > 0.6 },
  };
}

function* manyEvents(): Iterable<KnownEvent> {
  const messageId = newMessageId();
  yield started;
  yield { type: 'message.started', messageId, role: 'agent', content: [] };
  for (let sent = 2; sent < EVENTS; sent++) {
    yield {
      type: 'message.appended',
      messageId,
      content: { type: 'text', text: `chunk ${sent} of an answer, some forty characters ` },
    };
  }
}
