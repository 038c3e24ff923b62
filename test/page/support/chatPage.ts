import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

import { browserFlags, ensureBrowser } from '../../../scripts/browser.mjs';
import { chatHtml } from '../../../src/extension/chatHtml.ts';
import type { ComposerAsk } from '../../../src/protocol/composer.ts';
import type { ConnectionView, FromPage, ToPage } from '../../../src/protocol/page.ts';
import type { FakeSession } from './fakeSession.ts';

const bundle = fileURLToPath(new URL('../../../dist/webview', import.meta.url));
const screenshots = fileURLToPath(new URL('../../../dist/test/screenshots', import.meta.url));
const themes = fileURLToPath(new URL('../themes', import.meta.url));

const contentTypes: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

/** How a page under test looks. */
export interface ChatPageOptions {
  readonly theme?: 'dark' | 'light' | 'hc' | 'hcLight';
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

let shared: { server: Server; browser: Browser; context: BrowserContext; origin: string } | undefined;
const files = new Map<string, Buffer>();

/** Starts the browser and the server that all pages of a test file share; ends with `closeBrowser`. */
async function started(): Promise<NonNullable<typeof shared>> {
  if (shared !== undefined) return shared;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://page.test');
    if (url.pathname === '/') {
      const surface = url.searchParams.get('surface') === 'editor' ? 'editor' : 'sidebar';
      response.setHeader('content-type', 'text/html');
      return response.end(
        chatHtml({
          editor: 'the editor',
          cspSource: "'self'",
          nonce: crypto.randomUUID(),
          script: '/chat.js',
          lazy: {
            highlight: '/highlight.js',
            find: '/find.js',
            later: '/later.js',
            composer: '/composer.js',
            math: '/math.js',
            diagrams: '/diagrams.js',
          },
          styles: ['/codicon.css', '/chat.css'],
          surface,
          language: 'en',
        }),
      );
    }
    if (url.pathname === '/favicon.ico') {
      response.statusCode = 204;
      return response.end();
    }
    try {
      const file = files.get(url.pathname) ?? readFileSync(join(bundle, url.pathname.slice(1)));
      files.set(url.pathname, file);
      // One file's pages share what they loaded, and what the browser made of it.
      response.setHeader('cache-control', 'max-age=3600');
      response.setHeader('content-type', contentTypes[extname(url.pathname)] ?? 'application/octet-stream');
      return response.end(file);
    } catch {
      response.statusCode = 404;
      return response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: browserFlags });
  const { port } = server.address() as AddressInfo;
  const context = await browser.newContext();
  return (shared = { server, browser, context, origin: `http://127.0.0.1:${port}` });
}

/** Ends what the pages of a test file shared. */
export async function closeBrowser(): Promise<void> {
  await shared?.browser.close();
  shared?.server.close();
  shared = undefined;
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
  const { context, origin } = await started();
  const page = await context.newPage();
  await page.setViewportSize({ width, height });
  const said: FromPage[] = [];
  const problems: string[] = [];
  const waiting = new Set<() => void>();

  const send = (message: ToPage): Promise<void> =>
    page.evaluate((data) => {
      window.postMessage(data, '*');
      return new Promise<void>((resolve) => setTimeout(resolve));
    }, message);
  const respond = async (message: Extract<FromPage, { type: 'request' }>): Promise<void> => {
    const { requestId, method, params } = message;
    try {
      const result =
        method === 'session/history' ? session?.history(params) : await options.answer?.(method, params);
      await send({ type: 'response', requestId, result });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      await send({ type: 'response', requestId, error: { kind: 'internalError', message: text } });
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

  await page.exposeFunction('sayToExtension', (message: FromPage) => {
    take(message).catch((error: unknown) => {
      if (!page.isClosed()) problems.push(`after ${message.type}: ${String(error)}`);
    });
  });
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:')) problems.push(`request: ${url}`);
  });
  await page.addInitScript(
    pretendEditor,
    JSON.parse(readFileSync(join(themes, `${theme}.json`), 'utf8')) as Theme,
  );

  if (session !== undefined) {
    session.onEnvelope = (envelope) => {
      const message: ToPage = { type: 'events', sessionId: session.sessionId, envelopes: [envelope] };
      send(message).catch((error: unknown) => {
        if (!page.isClosed()) problems.push(`${envelope.event.type}: ${String(error)}`);
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
    await page.goto(`${origin}/?surface=${surface}`);
    await heard(({ type }) => type === 'ready');
    await page.locator('.header, .empty, .banner').first().waitFor();
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
    [Symbol.asyncDispose]: () => page.close(),
  };
}

interface Theme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What VS Code does inside a webview before the page's own script runs. Serialised: uses nothing from outside. */
function pretendEditor(theme: Theme): void {
  const key = 'page state';
  const world = window as unknown as { acquireVsCodeApi: unknown; sayToExtension(message: unknown): void };
  world.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => world.sayToExtension(message),
    getState: () => JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined,
    setState: (state: unknown) => sessionStorage.setItem(key, JSON.stringify(state)),
  });
  document.addEventListener('DOMContentLoaded', () => {
    document.body.classList.add(...theme.bodyClass.split(' '));
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty(name, value);
  });
  // The editor has no scroll bar of the document either.
  document.addEventListener('securitypolicyviolation', (event) =>
    console.error(`refused: ${event.violatedDirective} ${event.blockedURI}`),
  );
}
