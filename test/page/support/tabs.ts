import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

import { browserFlags, ensureBrowser } from '../../../scripts/browser.mjs';
import { chatHtml } from '../../../src/extension/chatHtml.ts';
import type { FromPage } from '../../../src/protocol/page.ts';
import { pretendEditor, type Theme } from './pretendEditor.ts';

const bundle = fileURLToPath(new URL('../../../dist/webview', import.meta.url));
const themes = fileURLToPath(new URL('../themes', import.meta.url));

const contentTypes: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

/** The names of the themes, as their files have them. */
export const THEMES = ['dark', 'light', 'hc', 'hcLight'] as const;

/** Who a tab is for. */
export interface TabOwner {
  /** Takes what the page says to its extension. */
  take(message: FromPage): void;
  /** Takes what must not be: errors, dialogs, what the policy refused, requests to elsewhere. */
  report(problem: string): void;
}

/**
 * A tab of the browser. Making one takes as long as many a test: the tests of a file use the same one, one after the other, each on
 * pages that begin with nothing.
 */
export interface Tab {
  readonly page: Page;
  /** The address of a chat page. */
  address(options: { surface: 'sidebar' | 'editor'; theme: (typeof THEMES)[number] }): string;
  /** Leaves the page that it shows, and keeps the tab for the next test. */
  release(): Promise<void>;
}

interface Shared {
  readonly server: Server;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly origin: string;
  /** Those that nobody uses. */
  readonly free: { readonly page: Page; owner: TabOwner | undefined }[];
}

let shared: Promise<Shared> | undefined;
let openings = 0;

/** A tab that nobody uses, or a new one; `alone` asks for one that no test had before, and none gets after. */
export async function takeTab(owner: TabOwner, { alone = false } = {}): Promise<Tab> {
  const { context, origin, free } = await (shared ??= start());
  const opening = ++openings;
  const tab = (alone ? undefined : free.pop()) ?? (await made(context, origin));
  tab.owner = owner;
  const { page } = tab;
  return {
    page,
    address: (options) => `${origin}/?${new URLSearchParams({ ...options, opening: `${opening}` })}`,
    async release() {
      if (alone) return page.close();
      try {
        await page.unrouteAll({ behavior: 'ignoreErrors' });
        // Where the pointer rests, the next page would begin with what it does there.
        await page.mouse.move(-1, -1);
        await page.goto(`${origin}/blank`);
        free.push(tab);
      } catch {
        // It may be closed, or hang: the next test gets another one.
        await page.close();
      } finally {
        tab.owner = undefined;
      }
    },
  };
}

/** Ends what the pages of a test file shared. */
export async function closeBrowser(): Promise<void> {
  const { browser, server } = (await shared) ?? {};
  shared = undefined;
  await browser?.close();
  server?.close();
}

async function made(context: BrowserContext, origin: string): Promise<Shared['free'][number]> {
  const page = await context.newPage();
  const tab: Shared['free'][number] = { page, owner: undefined };
  const report = (problem: string): void => tab.owner?.report(problem);
  await page.exposeFunction('sayToExtension', (message: FromPage) => tab.owner?.take(message));
  page.on('pageerror', (error) => report(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    report(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error') report(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:')) report(`request: ${url}`);
  });
  const all = THEMES.map((name) => [name, JSON.parse(readFileSync(join(themes, `${name}.json`), 'utf8'))]);
  await page.addInitScript(pretendEditor, Object.fromEntries(all) as Record<string, Theme>);
  return tab;
}

/** Starts the browser and the server. */
async function start(): Promise<Shared> {
  const files = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://page.test');
    if (url.pathname === '/' || url.pathname === '/blank') {
      response.setHeader('content-type', 'text/html');
      return response.end(url.pathname === '/' ? chatPage(url) : '<!doctype html>');
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
  return { server, browser, context, origin: `http://127.0.0.1:${port}`, free: [] };
}

function chatPage(url: URL): string {
  return chatHtml({
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
    surface: url.searchParams.get('surface') === 'editor' ? 'editor' : 'sidebar',
    language: 'en',
  });
}
