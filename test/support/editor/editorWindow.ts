import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core';

import { runCommand } from './workbench.ts';

/** Where pictures go; never committed. */
const screenshots = fileURLToPath(new URL('../../../dist/test/screenshots', import.meta.url));

/** One window of an editor under test: a page with a workbench. */
export interface EditorWindow extends AsyncDisposable {
  readonly page: Page;
  /** Everything written to its console so far, extensions' output included, oldest first. */
  readonly console: readonly string[];
  /** What went wrong in extensions and webviews; the editor's own complaints are left out. */
  errors(): string[];
  /** Reloads the window, as the command does: its extension host ends and another one starts. */
  reload(): Promise<void>;
  /** Closes the window as a person does: the extension host is told and deactivates. */
  close(): Promise<void>;
  /** Takes the window away without a word, as a crash or a lost connection does. */
  crash(): Promise<void>;
  /** Writes a picture of the window and returns its path. */
  screenshot(name: string): Promise<string>;
}

/** Opens a page on an editor's address and waits for its workbench. */
export async function openEditorWindow(
  context: BrowserContext,
  url: string,
  size: { readonly width: number; readonly height: number },
): Promise<EditorWindow> {
  const page = await context.newPage();
  const lines: string[] = [];
  const errors: string[] = [];
  page.on('console', (message) => {
    lines.push(message.text());
    if (message.type() === 'error' && isOurs(message)) errors.push(message.text());
  });
  page.on('pageerror', (error) => {
    // The workbench throws for want of a network; an error in a webview has its own document's address.
    if (error.stack?.includes('vscode-webview')) errors.push(error.stack);
  });
  await page.setViewportSize(size);
  const ready = async (): Promise<void> => {
    await page.locator('.monaco-workbench .statusbar').waitFor();
  };
  await page.goto(url);
  await ready();

  const close = async (): Promise<void> => {
    if (page.isClosed()) return;
    // Leaving the page runs the workbench's own goodbye; closing the page alone would not.
    await page.goto('about:blank');
    await page.close();
  };
  return {
    page,
    console: lines,
    errors: () => [...errors],
    async reload() {
      // The editor's own command: it writes down which tabs are open first, which a browser's reload may cut short.
      const loaded = page.waitForEvent('load');
      await runCommand(page, 'Developer: Reload Window');
      await loaded;
      await ready();
    },
    close,
    crash: () => page.close(),
    async screenshot(name) {
      mkdirSync(screenshots, { recursive: true });
      const path = join(screenshots, `${name}.png`);
      await page.screenshot({ path });
      return path;
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Whether a complaint comes from an extension or a webview rather than from the workbench. */
function isOurs(message: ConsoleMessage): boolean {
  return message.text().includes('[Extension Host]') || message.location().url.includes('/webview/');
}
