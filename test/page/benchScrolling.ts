import { percentile, type Figure } from '../bench/bench.ts';
import { openChatPage } from './support/chatPage.ts';
import type { FakeSession } from './support/fakeSession.ts';

const FRAMES = 240;
/** Pixels scrolled in a frame: a hard turn of the wheel. */
const STEP = 400;

/** How long frames take while a reader scrolls up through a session whose rows were never looked at. */
export async function scrolling(session: FakeSession): Promise<Figure[]> {
  await using chat = await openChatPage({ alone: true, width: 480 });
  await chat.send(session.snapshot(Infinity));
  await chat.page.locator('.section').first().waitFor({ state: 'attached' });
  const frames = await chat.page.evaluate(
    async ([count, step]) => {
      const scroller = document.querySelector('.transcript');
      const taken: number[] = [];
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      let last = await frame();
      for (let at = 0; at < count; at++) {
        scroller?.dispatchEvent(new WheelEvent('wheel', { deltaY: -step }));
        scroller?.scrollBy(0, -step);
        const now = await frame();
        taken.push(now - last);
        last = now;
      }
      return taken;
    },
    [FRAMES, STEP] as const,
  );
  const slow = percentile(frames, 0.99);
  return [
    {
      name: 'a frame while scrolling up through 5,000 rows that nobody has seen, 99th percentile',
      ...{ unit: 'ms', ours: slow, against: 'the longest', baseline: Math.max(...frames) },
      ...{ aim: '< 50 ms', met: slow < 50 },
    },
  ];
}
