import type { ToPage } from '../../src/protocol/page.ts';
import type { Figure } from '../bench/bench.ts';
import { cpuTime, streamed } from './benchBrowser.ts';
import { openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

/** An hour of a busy agent: ten events a second, in 60 turns. */
const TURNS = 60;
const CHUNKS = 590;
/** Ten times what comes while it is watched: what stays in memory does not depend on it. */
const FAST = 40;

/** The page's heap after an hour's worth of events, against its start and against a page that is opened on the same session. */
export async function heap(): Promise<Figure[]> {
  const session = new FakeSession();
  await using chat = await openChatPage({ alone: true, session, width: 480 });
  session.onEnvelope = () => {};
  const before = await heapUsed(chat);
  for (let turn = 0; turn < TURNS; turn++) {
    const begun = session.envelopes.length;
    session.prompt(`question ${turn}`);
    for (let call = 0; call < 3; call++) session.tool({ title: `Read file ${call}`, kind: 'read' });
    const stream = session.stream('agent');
    for (let chunk = 0; chunk < CHUNKS; chunk++) stream.add(chunk % 24 === 23 ? '.\n\n' : `word${chunk} `);
    stream.done();
    session.endTurn();
    const { sessionId } = session;
    const messages = session.envelopes
      .slice(begun)
      .map((envelope): ToPage => ({ type: 'events', sessionId, envelopes: [envelope] }));
    await streamed(chat.page, messages, FAST);
  }
  const after = await heapUsed(chat);
  await using other = await openChatPage({ alone: true, session, tail: Infinity, width: 480 });
  await other.page.waitForFunction(() => document.querySelector('.section-group:empty') === null);
  const fresh = await heapUsed(other);
  const common = { unit: 'MB', ours: after } as const;
  return [
    {
      name: `the page's heap after ${session.envelopes.length.toLocaleString('en')} events, an hour's worth`,
      ...{ ...common, against: 'before the first', baseline: before, ratio: after / before },
      ...{ aim: 'ratio ≤ 4', met: after / before <= 4 },
    },
    {
      name: "the page's heap after an hour's worth of events, against a page opened on the same session",
      ...{ ...common, against: 'opened afterwards', baseline: fresh, ratio: after / fresh },
      ...{ aim: 'ratio ≤ 2', met: after / fresh <= 2 },
    },
  ];
}

/** Megabytes in use once all that nobody holds is collected. */
async function heapUsed({ page }: ChatPage): Promise<number> {
  const { browser } = await cpuTime(page);
  for (let round = 0; round < 3; round++) await browser.send('HeapProfiler.collectGarbage');
  const { usedSize } = await browser.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
}
