import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';

import type { ComposerAsk } from '../../../src/protocol/composer.ts';
import type { ConnectionView, FromPage, ToPage } from '../../../src/protocol/page.ts';
import { isHoldfastError } from '../../../src/protocol/errors.ts';
import type { FakeSession } from './fakeSession.ts';
import { takeTab, type THEMES } from './tabs.ts';

export { closeBrowser } from './tabs.ts';

const screenshots = fileURLToPath(new URL('../../../dist/test/screenshots', import.meta.url));

/** How a page under test looks. */
export interface ChatPageOptions {
  readonly theme?: (typeof THEMES)[number];
  readonly width?: number;
  readonly height?: number;
  readonly surface?: 'sidebar' | 'editor';
  readonly connection?: ConnectionView;
  /** Shown as soon as the page is ready; without one, the empty state is. */
  readonly session?: FakeSession;
  /** Rows of the first snapshot. */
  readonly tail?: number;
  /** Answers requests; what it throws is the error. `session/history` is answered from the session. */
  readonly answer?: (method: string, params: Record<string, unknown>) => unknown;
  /** Answers what the composer asks of the editor. */
  readonly ask?: (ask: ComposerAsk) => unknown;
  readonly recent?: Extract<ToPage, { type: 'none' }>['recent'];
  /** Whether it has a tab of its own, for what measures. */
  readonly alone?: boolean;
}

/** The chat page in a real browser, with a fake extension behind it. */
export interface ChatPage extends AsyncDisposable {
  readonly page: Page;
  /** Everything the page said, oldest first. */
  readonly said: readonly FromPage[];
  /** Scripts that ran, styles and requests that the policy refused, errors: all that must not be. */
  readonly problems: readonly string[];
  send(message: ToPage): Promise<void>;
  /** Waits until the page says something that `matches`. */
  heard(matches: (message: FromPage) => boolean): Promise<FromPage>;
  /** Forgets what the page said so far. */
  forget(): void;
  /** Loads the page anew, as hiding and showing a view does; what it kept stays. */
  reload(): Promise<void>;
  screenshot(name: string): Promise<string>;
}

/** Opens the chat page and waits until it has said that it is ready. */
export async function openChatPage(options: ChatPageOptions = {}): Promise<ChatPage> {
  const {
    theme = 'dark',
    width = 320,
    height = 720,
    surface = 'sidebar',
    connection = { state: 'connected' },
    session,
  } = options;
  const said: FromPage[] = [];
  const problems: string[] = [];
  const waiting = new Set<() => void>();
  let isOver = false;

  const tab = await takeTab(
    {
      take: (message) =>
        void take(message).catch((error: unknown) => {
          if (!isOver) problems.push(`after ${message.type}: ${String(error)}`);
        }),
      report: (problem) => void problems.push(problem),
    },
    { alone: options.alone ?? false },
  );
  const { page } = tab;
  await page.setViewportSize({ width, height });
  const send = async (message: ToPage): Promise<void> => {
    // What comes late is not for the page of another test.
    if (isOver) return;
    await page.evaluate((data) => {
      window.postMessage(data, '*');
      return new Promise<void>((resolve) => setTimeout(resolve));
    }, message);
  };
  const respond = async (message: Extract<FromPage, { type: 'request' }>): Promise<void> => {
    const { requestId, method, params } = message;
    try {
      const result =
        method === 'session/history'
          ? await session?.history(params)
          : ((await options.answer?.(method, params)) ??
            (method === 'session/cancel' ? { cancelled: true } : undefined));
      await send({ type: 'response', requestId, result });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const kind = isHoldfastError(error) ? error.kind : 'internalError';
      await send({ type: 'response', requestId, error: { kind, message: text } });
    }
  };
  const answerAsk = async ({ requestId, ask }: Extract<FromPage, { type: 'ask' }>): Promise<void> =>
    send({ type: 'response', requestId, result: (await options.ask?.(ask)) ?? [] });
  const take = async (message: FromPage): Promise<void> => {
    said.push(message);
    for (const look of waiting) look();
    if (message.type === 'ready') {
      await send({ type: 'connection', connection });
      await send(
        session === undefined
          ? { type: 'none', recent: options.recent ?? [] }
          : session.snapshot(options.tail),
      );
    } else if (message.type === 'request') await respond(message);
    else if (message.type === 'ask') await answerAsk(message);
  };

  if (session !== undefined) {
    session.onEnvelope = (envelope) => {
      const message: ToPage = { type: 'events', sessionId: session.sessionId, envelopes: [envelope] };
      send(message).catch((error: unknown) => {
        if (!isOver) problems.push(`${envelope.event.type}: ${String(error)}`);
      });
    };
  }
  const heard = (matches: (message: FromPage) => boolean): Promise<FromPage> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the page never said it; it said ${JSON.stringify(said)}`)),
        60_000,
      );
      const look = (): void => {
        const found = said.find(matches);
        if (found === undefined) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const load = async (): Promise<void> => {
    said.length = 0;
    await page.goto(tab.address({ surface, theme }));
    await heard(({ type }) => type === 'ready');
    await page.locator('.header, .empty, .banner').first().waitFor();
    // The browser lays out what is near the reader a frame later.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  };
  await load();

  return {
    page,
    said,
    problems,
    send,
    heard,
    forget: () => void (said.length = 0),
    reload: load,
    async screenshot(name) {
      mkdirSync(screenshots, { recursive: true });
      const path = join(screenshots, `${name}.png`);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path });
      return path;
    },
    [Symbol.asyncDispose]() {
      isOver = true;
      return tab.release();
    },
  };
}
