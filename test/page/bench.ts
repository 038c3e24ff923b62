import { contentText } from '../../src/protocol/contentText.ts';
import type { ToPage } from '../../src/protocol/page.ts';
import { cpuTime, PER_FRAME, streamed } from './benchBrowser.ts';
import { heap } from './benchHeap.ts';
import { plainRendering } from './benchPlain.ts';
import { scrolling } from './benchScrolling.ts';
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
  const session = large();
  return [
    ...(await opening(session)),
    ...(await streaming()),
    ...(await streamingBehind(session)),
    ...(await scrolling(session)),
    ...(await heap()),
  ];
}

async function opening(session: FakeSession): Promise<Figure[]> {
  const tails: number[] = [];
  const wholes: number[] = [];
  const ready: number[] = [];
  for (let round = 0; round < 5; round++) {
    await using chat = await openChatPage({ alone: true });
    const { paint, composer } = await painted(chat, session.snapshot());
    tails.push(paint);
    ready.push(composer);
    await using other = await openChatPage({ alone: true });
    wholes.push((await painted(other, session.snapshot(Infinity))).paint);
  }
  const [tail, whole, written] = [median(tails), median(wholes), median(ready)];
  return [
    {
      name: 'first paint of the tail of a 10 MB, 5,000-row session, from the message to the frame',
      ...{ unit: 'ms', ours: tail, aim: '< 150 ms', met: tail < 150 },
    },
    {
      name: 'its tail painted and the composer there',
      ...{ unit: 'ms', ours: written, aim: '< 300 ms', met: written < 300 },
    },
    {
      name: 'all its 5,000 rows in the page and its end painted',
      ...{ unit: 'ms', ours: whole, aim: '< 300 ms', met: whole < 300 },
    },
  ];
}

async function streaming(): Promise<Figure[]> {
  const session = new FakeSession();
  await using chat = await openChatPage({ alone: true, session, width: 480 });
  session.onEnvelope = () => {};
  session.prompt('go');
  const messages = [events(session)];
  const stream = session.stream('agent');
  for (let chunk = 0; chunk < CHUNKS; chunk++)
    stream.add(chunk % 24 === 23 ? '.\n\n' : chunk % 97 === 0 ? '`code` ' : `word${chunk} `);
  for (const envelope of session.envelopes.slice(-CHUNKS - 1))
    messages.push({ type: 'events', sessionId: session.sessionId, envelopes: [envelope] });
  const { read: cpu } = await cpuTime(chat.page);
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
  const longest = Math.max(...frames);
  const plain = await plainRendering(textOf(session), { chunks: STRETCH, perFrame: PER_FRAME });
  return [
    {
      name: 'CPU time of one streamed chunk at the end of 10,000 with its share of the frame, against the beginning',
      ...{ unit: 'ms', ours: last, against: 'at the beginning', baseline: first, ratio: last / first },
      ...{ aim: 'ratio ≤ 1.2', met: last / first <= 1.2 },
    },
    {
      name: 'CPU time of one streamed chunk at the end of 10,000, against rendering all Markdown anew in each frame',
      ...{ unit: 'ms', ours: last, against: 'rendered anew', baseline: plain, ratio: last / plain },
      ...{ aim: 'ratio ≤ 0.5', met: last / plain <= 0.5 },
    },
    {
      name: 'a frame while 10,000 chunks stream, four in a frame, 99th percentile',
      ...{ unit: 'ms', ours: slow, against: 'the longest', baseline: longest },
      ...{ aim: '< 50 ms', met: slow < 50 },
    },
  ];
}

/** What streaming costs at the end of a session whose 5,000 rows are all in the page, against a session that just began. */
async function streamingBehind(session: FakeSession): Promise<Figure[]> {
  const costs: number[] = [];
  for (const shown of [new FakeSession(), session]) {
    await using chat = await openChatPage({ alone: true, width: 480 });
    await chat.send(shown.snapshot(Infinity));
    // Rows that wait for the browser to be idle come before the measured ones.
    await chat.page.waitForFunction(() => document.querySelector('.section-group:empty') === null);
    const begun = shown.envelopes.length;
    const stream = shown.prompt('go on').stream('agent');
    for (let chunk = 0; chunk < 2 * STRETCH; chunk++)
      stream.add(chunk % 24 === 23 ? '.\n\n' : `word${chunk} `);
    const messages = shown.envelopes.slice(begun).map((envelope): ToPage => {
      return { type: 'events', sessionId: shown.sessionId, envelopes: [envelope] };
    });
    await streamed(chat.page, messages.slice(0, STRETCH));
    const { read } = await cpuTime(chat.page);
    const before = await read();
    await streamed(chat.page, messages.slice(STRETCH));
    costs.push(((await read()) - before) / STRETCH);
  }
  const [first = NaN, last = NaN] = costs;
  return [
    {
      name: 'CPU time of one streamed chunk behind 5,000 rows, with its share of the frame, against a new session',
      ...{ unit: 'ms', ours: last, against: 'in a new session', baseline: first, ratio: last / first },
      ...{ aim: 'ratio ≤ 1.2', met: last / first <= 1.2 },
    },
  ];
}

function textOf({ state }: FakeSession): string {
  const [last] = [...state.items.values()].filter(({ kind }) => kind === 'message').slice(-1);
  return last?.kind === 'message' ? contentText(last.content) : '';
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

/** Milliseconds from a snapshot's message to the frame after its last row is there, and to the one after the composer is. */
async function painted(
  { page }: ChatPage,
  message: ToPage,
): Promise<{ readonly paint: number; readonly composer: number }> {
  await page.evaluate(
    (text) => Object.assign(window, { prepared: JSON.parse(text) }),
    JSON.stringify(message),
  );
  return page.evaluate(async () => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const start = performance.now();
    const there = async (selector: string): Promise<number> => {
      while (document.querySelector(selector) === null) await new Promise((resolve) => setTimeout(resolve));
      await frame();
      await frame();
      return performance.now() - start;
    };
    window.postMessage((window as unknown as { prepared: unknown }).prepared, '*');
    const paint = await there(
      '.section-stack:last-child .section-group:last-child .section:last-child .agent-message p',
    );
    return { paint, composer: await there('form.composer') };
  });
}
