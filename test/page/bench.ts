import type { Page } from 'playwright-core';
import type { ToPage } from '../../src/protocol/page.ts';
import { closeBrowser, openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';
import { median, percentile, type Cleanup, type Figure } from '../bench/bench.ts';

const TURNS = 1250;
/** Characters of one answer: with it the whole session is 10 MB in 5,000 rows. */
const ANSWER = 7_900;
const CHUNKS = 10_000;
/** Chunks measured at each end of the stream. */
const STRETCH = 500;

/** The chat page in a real browser: opening a large session, and what streaming costs after a while (U3). */
export async function page(cleanup: Cleanup): Promise<Figure[]> {
  cleanup.after(closeBrowser);
  return [...(await opening()), ...(await streaming())];
}

async function opening(): Promise<Figure[]> {
  const session = large();
  const tails: number[] = [];
  const wholes: number[] = [];
  for (let round = 0; round < 5; round++) {
    await using chat = await openChatPage();
    tails.push(await painted(chat, session.snapshot()));
    await using other = await openChatPage();
    wholes.push(await painted(other, session.snapshot(Infinity)));
  }
  const [tail, whole] = [median(tails), median(wholes)];
  return [
    {
      name: 'first paint of the tail of a 10 MB, 5,000-row session, from the message to the frame',
      ...{ unit: 'ms', ours: tail, aim: '< 150 ms', met: tail < 150 },
    },
    {
      name: 'all its 5,000 rows in the page and its end painted',
      ...{ unit: 'ms', ours: whole, aim: '< 300 ms', met: whole < 300 },
    },
  ];
}

async function streaming(): Promise<Figure[]> {
  const session = new FakeSession();
  await using chat = await openChatPage({ session, width: 480 });
  session.onEnvelope = () => {};
  session.prompt('go');
  const messages = [events(session)];
  const stream = session.stream('agent');
  for (let chunk = 0; chunk < CHUNKS; chunk++)
    stream.add(chunk % 24 === 23 ? '.\n\n' : chunk % 97 === 0 ? '`code` ' : `word${chunk} `);
  for (const envelope of session.envelopes.slice(-CHUNKS - 1))
    messages.push({ type: 'events', sessionId: session.sessionId, envelopes: [envelope] });
  const cpu = await cpuTime(chat.page);
  const frames: number[] = [];
  const run = async (from: number, to: number): Promise<number> => {
    const before = await cpu();
    frames.push(...(await streamed(chat.page, messages.slice(from, to))));
    return ((await cpu()) - before) / (to - from);
  };
  await run(0, STRETCH / 4);
  const first = await run(STRETCH / 4, STRETCH);
  await run(STRETCH, messages.length - STRETCH);
  const last = await run(messages.length - STRETCH, messages.length);
  const slow = percentile(frames, 0.99);
  return [
    {
      name: 'CPU time of one streamed chunk at the end of 10,000 with its share of the frame, against the beginning',
      ...{ unit: 'ms', ours: last, against: 'at the beginning', baseline: first, ratio: last / first },
      ...{ aim: 'ratio ≤ 1.2', met: last / first <= 1.2 },
    },
    {
      name: 'a frame while 10,000 chunks stream, four in a frame, 99th percentile',
      ...{ unit: 'ms', ours: slow, aim: '< 50 ms', met: slow < 50 },
    },
  ];
}

function large(): FakeSession {
  const session = new FakeSession({ title: 'A large one' });
  const paragraph = `${'lorem ipsum dolor sit amet '.repeat(12)}\n\n- one\n- **two**\n\n`;
  const answer = paragraph.repeat(Math.ceil(ANSWER / paragraph.length)).slice(0, ANSWER);
  for (let turn = 0; turn < TURNS; turn++) {
    session.prompt(`question ${turn}`);
    session.tool({ title: `Read file ${turn}`, kind: 'read' });
    session.say(`${answer}\n\nanswer ${turn}`).endTurn();
  }
  return session;
}

function events({ sessionId, envelopes }: FakeSession): ToPage {
  return { type: 'events', sessionId, envelopes: envelopes.slice(-2) };
}

/** Milliseconds from a snapshot's message to the frame after its last row is there. */
async function painted({ page }: ChatPage, message: ToPage): Promise<number> {
  await page.evaluate(
    (text) => Object.assign(window, { prepared: JSON.parse(text) }),
    JSON.stringify(message),
  );
  return page.evaluate(async () => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const start = performance.now();
    window.postMessage((window as unknown as { prepared: unknown }).prepared, '*');
    while (document.querySelector('.section:last-child .agent-message p') === null)
      await new Promise((resolve) => setTimeout(resolve));
    await frame();
    await frame();
    return performance.now() - start;
  });
}

/** Gives the CPU time that the page's main thread has used, in milliseconds: what else the machine does is not in it. */
async function cpuTime(page: Page): Promise<() => Promise<number>> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await browser.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000;
  };
}

/** Sends chunks as they would come, four a frame. Gives how long each frame took, in milliseconds. */
async function streamed(page: Page, messages: readonly ToPage[]): Promise<number[]> {
  return page.evaluate(async (all) => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const frames: number[] = [];
    for (let at = 0; at < all.length; at += 4) {
      const start = performance.now();
      for (const data of all.slice(at, at + 4)) window.dispatchEvent(new MessageEvent('message', { data }));
      await frame();
      frames.push(performance.now() - start);
    }
    return frames;
  }, messages);
}
