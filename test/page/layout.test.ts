import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { summaryOf } from '../../src/protocol/summary.ts';
import { closeBrowser, openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';
import { agentShowcase, shellShowcase } from './support/showcase.ts';

after(closeBrowser);

const webview = (name: string): string =>
  fileURLToPath(new URL(`../../dist/webview/${name}`, import.meta.url));

test('the page’s script is at most 60 KiB compressed, and holds no zod', () => {
  const size = gzipSync(readFileSync(webview('chat.js')), { level: 9 }).length;
  assert.ok(size <= 60 * 1024, `${size} bytes`);
  const meta = JSON.parse(readFileSync(webview('meta.json'), 'utf8')) as { inputs: Record<string, unknown> };
  assert.deepEqual(
    Object.keys(meta.inputs).filter((path) => /node_modules\/zod|Schemas\.ts|parse[A-Z]/.test(path)),
    [],
  );
});

for (const theme of ['dark', 'light', 'hc', 'hcLight'] as const) {
  for (const width of [320, 900]) {
    test(`it fits ${width} pixels in the ${theme} theme, and every text can be read`, async () => {
      for (const [name, session] of [
        ['agent', agentShowcase()],
        ['shell', shellShowcase()],
      ] as const) {
        const surface = width === 320 ? 'sidebar' : 'editor';
        await using chat = await openChatPage({ theme, width, height: 1000, surface, session });
        await chat.page.locator('.button:enabled, .command-card').first().waitFor();
        await assertNoSidewaysScroll(chat);
        await chat.screenshot(`${name}-${theme}-${width}`);
        assert.deepEqual(chat.problems, []);
      }
    });
  }
}

test('a sidebar of 220 pixels still shows everything', async () => {
  await using chat = await openChatPage({ width: 220, height: 900, session: agentShowcase() });
  await assertNoSidewaysScroll(chat);
  for (const name of ['Allow once', 'Cancel (Escape)']) {
    const box = await chat.page.getByRole('button', { name }).boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 220, name);
  }
});

test('the empty state begins a session and lists those used last', async () => {
  const { head } = agentShowcase().state;
  assert.ok(head !== undefined);
  await using chat = await openChatPage({ recent: [summaryOf(head, 'journal' as never)] });
  await chat.page.getByRole('button', { name: 'New Session' }).click();
  await chat.heard((message) => message.type === 'action' && message.action === 'newSession');
  await chat.page.getByRole('button', { name: /Fix the tide table rounding/ }).click();
  await chat.heard((message) => message.type === 'openSession' && message.sessionId === head.sessionId);
  await chat.screenshot('empty-dark-320');
});

test('a fresh session says what it is', async () => {
  await using chat = await openChatPage({
    session: new FakeSession({ agent: { id: 'shell', name: 'Shell', kind: 'shell' } }),
  });
  await chat.page.getByText('What you type runs as a command in this folder.').waitFor();
  await chat.screenshot('fresh-dark-320');
});

for (const [state, words, action] of [
  ['starting', 'Starting Holdfast…', undefined],
  ['incompatible', 'The runtime is newer', 'Restart Runtime'],
  ['stopped', 'Holdfast is stopped.', 'Connect'],
  ['restricted', 'Restricted Mode: trust this workspace to use Holdfast.', 'Manage Trust'],
] as const) {
  test(`the connection state “${state}” is shown with what helps`, async () => {
    const detail = state === 'incompatible' ? words : undefined;
    await using chat = await openChatPage({ connection: { state, detail } });
    await chat.page.getByText(words).waitFor();
    if (action !== undefined) await chat.page.getByRole('button', { name: action }).waitFor();
    assert.equal(await chat.page.getByRole('button', { name: 'New Session' }).isDisabled(), true);
    await assertNoSidewaysScroll(chat);
  });
}

/** Neither the document nor the transcript scrolls sideways, and nothing stands outside of the window. */
async function assertNoSidewaysScroll(chat: ChatPage): Promise<void> {
  const wide = await chat.page.evaluate(() => {
    const limit = window.innerWidth;
    const scrolls = (element: Element): boolean =>
      element.closest(
        '.diff-lines, pre, .table-frame, .header-title, .ellipsis, .path-link, .visually-hidden',
      ) !== null;
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.checkVisibility() && !scrolls(element))
      .filter((element) => element.getBoundingClientRect().right > limit + 0.5)
      .map((element) => `${element.tagName}.${element.className}`);
  });
  assert.deepEqual(wide, []);
  const overflow = await chat.page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.transcript, .empty')].map(
      ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
    ),
  );
  assert.ok(
    overflow.every((pixels) => pixels <= 0),
    overflow.join(),
  );
}
