import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import {
  chatFrame,
  openContainer,
  pickContextMenu,
  pickRow,
  quickInput,
  quickRows,
  sessionRows,
  statusBarItem,
  treeRows,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

/** Eight sessions on three agents, made by another client, as a person has them who comes back to the editor. */
const shared = sharedEditor({
  size: { width: 1280, height: 1100 },
  agents: () => ({
    pilot: { ...fakeAgent('scripted'), name: 'Pilot' },
    mate: { ...fakeAgent('scripted'), name: 'Mate' },
  }),
  async prepare({ make }) {
    for (const [agent, title, prompt] of [
      ['shell', 'Ebb', 'echo the ebb'],
      ['pilot', 'Neap', 'say neap tide'],
      ['mate', 'Moon', 'say full moon'],
    ] as const) {
      const session = await make({ agent, title }, prompt);
      // Read already, so that opening it changes nothing.
      await session.configure({ readSeq: session.cursor.seq });
    }
    await make({ agent: 'shell', title: 'Wreck' }, 'exit 3');
    for (const [agent, title] of [
      ['shell', 'Flood'],
      ['shell', 'Spring'],
    ] as const)
      await (await make({ agent, title })).prompt('while :; do sleep 1; done');
    await (await make({ agent: 'pilot', title: 'Quay' })).prompt('permission');
    await (await make({ agent: 'mate', title: 'Slack' })).prompt('permission');
  },
});

/** Waits until the rows of the tree, without their times, are these; groups end with a colon. */
async function readsAs(page: Page, expected: readonly string[]): Promise<void> {
  const read = (): Promise<string[]> =>
    treeRows(page, 'Sessions').evaluateAll((rows) =>
      rows
        .map((row) => {
          const name = row.querySelector('.label-name')?.textContent ?? '';
          const text = row.querySelector('.label-description')?.textContent ?? '';
          const isGroup = row.getAttribute('aria-level') === '1';
          return {
            at: Number(row.getAttribute('data-index')),
            text: isGroup ? `${name}: ${text}` : name,
          };
        })
        .toSorted((a, b) => a.at - b.at)
        .map(({ text }) => text),
    );
  let rows = await read();
  for (const patience = performance.now() + 60_000; performance.now() < patience; rows = await read())
    if (isDeepStrictEqual(rows, expected)) return;
  assert.deepEqual(rows, expected);
}

const OVERVIEW = [
  ...['Needs you: 2', 'Slack', 'Quay'],
  ...['Working: 2', 'Spring', 'Flood'],
  ...['Failed: 1', 'Wreck'],
  ...['Today: 3', 'Moon', 'Neap', 'Ebb'],
];
/** The failed one last: once it is read it stands elsewhere. */
const SESSIONS = [...OVERVIEW.filter((row) => !row.includes(':') && row !== 'Wreck'), 'Wreck'];

test('one look at tree, status bar and badge says in two windows which sessions need you, work and failed (U1, U2)', async () => {
  const second = await shared.editor.openWindow({ size: { width: 1280, height: 1100 } });
  for (const { page } of [shared.window, second]) {
    await openContainer(page, 'Holdfast');
    await statusBarItem(page, /2 need you.*1 failed.*2 running/u).waitFor();
    await readsAs(page, OVERVIEW);
    await page.locator('.activitybar .badge').filter({ hasText: '2' }).first().waitFor();
    const failed = sessionRows(page, 'Wreck').locator('.label-description');
    assert.match(await failed.innerText(), /^Shell · .*exit/u, 'a row says why it failed');
  }
  await second.close();
});

test('two keystrokes lead to any of eight sessions, and then one writes (U2)', async () => {
  const { page } = shared;
  for (const title of SESSIONS) {
    await page.keyboard.press('Control+Alt+h');
    // The row itself says which key leads there.
    const row = quickRows(page).filter({ hasText: title });
    const key = /Alt\+\d/u.exec(await row.innerText())?.[0];
    assert.ok(key !== undefined, title);
    // The picker is seen before the keyboard is its own.
    const isThere = (): Promise<boolean> =>
      shared
        .header(title)
        .waitFor({ timeout: 3_000 })
        .then(
          () => true,
          () => false,
        );
    for (let left = 20; left > 0; left--) {
      await page.keyboard.press(key);
      if (await isThere()) break;
    }
    await shared.header(title).waitFor();
    await quickInput(page).waitFor({ state: 'detached' });
    await chatFrame(page, 'view').locator('textarea:focus').waitFor();
  }
});

test('the hover of the status bar names what waits, works and failed, and leads there (U2)', async () => {
  const { page } = shared;
  await statusBarItem(page, /2 need you/u).hover();
  const link = page.locator('.monaco-hover:visible a').filter({ hasText: 'Quay' });
  await link.waitFor();
  await link.click();
  await shared.header('Quay').waitFor();
});

test('the picker answers a permission and archives a session by the buttons of its rows (U2)', async () => {
  const { page } = shared;
  await page.keyboard.press('Control+Alt+h');
  const slack = quickRows(page).filter({ hasText: 'Slack' });
  await slack.hover();
  await slack.getByRole('button', { name: /Answer/u }).click();
  await pickRow(page, 'Allow once');
  await statusBarItem(page, /1 needs you/u).waitFor();
  await page.keyboard.press('Control+Alt+h');
  const ebb = quickRows(page).filter({ hasText: 'Ebb' });
  await ebb.hover();
  await ebb.getByRole('button', { name: /Archive/u }).click();
  await treeRows(page, 'Sessions', /^Archived/u).waitFor();
  await page.keyboard.press('Escape');
});

test('a session is pinned from its menu, and its transcript opens as a document (U1, J7)', async () => {
  const { page } = shared;
  await pickContextMenu(page, sessionRows(page, 'Neap'), 'Pin Session');
  await treeRows(page, 'Sessions', /^Pinned\s*1/u).waitFor();
  await pickContextMenu(page, sessionRows(page, 'Neap'), 'Open Transcript as Document');
  await page.locator('.part.editor .view-line').getByText('neap tide').first().waitFor();
});
