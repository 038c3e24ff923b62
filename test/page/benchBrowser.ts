import type { CDPSession, Page } from 'playwright-core';
import type { ToPage } from '../../src/protocol/page.ts';

/** Gives the CPU time that the page's main thread has used, in milliseconds: what else the machine does is not in it. */
export async function cpuTime(page: Page): Promise<{ read(): Promise<number>; browser: CDPSession }> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<number> => {
    const { metrics } = await browser.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000;
  };
  return { read, browser };
}

/** Chunks that come in one frame, unless told otherwise. */
export const PER_FRAME = 4;

/** Sends chunks as they would come, some in each frame. Gives how long each frame took, in milliseconds. */
export async function streamed(
  page: Page,
  messages: readonly ToPage[],
  perFrame = PER_FRAME,
): Promise<number[]> {
  const given = [messages, perFrame] as const;
  return page.evaluate(async ([all, step]) => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const frames: number[] = [];
    for (let at = 0; at < all.length; at += step) {
      const start = performance.now();
      for (const data of all.slice(at, at + step))
        window.dispatchEvent(new MessageEvent('message', { data }));
      await frame();
      frames.push(performance.now() - start);
    }
    return frames;
  }, given);
}
