import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Locator } from 'playwright-core';
import { connect } from '../../src/client/index.ts';
import { composer, openFromTree } from '../support/editor/chat.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import {
  answerDialog,
  answerInput,
  answerNotification,
  appears,
  clickUntil,
  dialog,
  notification,
  openContainer,
  openGroup,
  pickContextMenu,
  pickRow,
  pressUntil,
  quickInput,
  quickRows,
  runCommand,
  selectSessions,
  sessionRows,
  statusBarItem,
  succeeds,
  treeRows,
  until,
  closePicker,
} from '../support/editor/workbench.ts';
import { fakeAgent, runtimeBundle } from '../support/testHome.ts';

/** The sessions are made by another client, as a terminal or a second window does. */
const shared = sharedEditor({
  size: { width: 1280, height: 1000 },
  agents: () => ({ scripted: fakeAgent('scripted') }),
  async prepare({ make, workspace }) {
    await make({ agent: 'shell', title: 'Ebb' }, 'echo the spring tide comes at noon');
    const flood = await make({ agent: 'shell', title: 'Flood' });
    await flood.prompt(`until [ -e '${workspace}/go' ]; do sleep 0.05; done`);
    await make({ agent: 'shell', title: 'Neap' }, 'exit 3');
    const slack = await make({ agent: 'scripted', title: 'Slack' });
    await slack.prompt('permission');
  },
});

/** The groups of the tree with their sessions, as a person reads them. */
function groups(): Promise<string[]> {
  return treeRows(shared.page, 'Sessions').evaluateAll((rows) =>
    rows.map((row) => {
      const name = row.querySelector('.label-name')?.textContent ?? '';
      return row.getAttribute('aria-level') === '1' ? `${name}:` : name;
    }),
  );
}

/** Waits until the tree reads so: it is filled, and sorted, in steps. */
async function readsAs(...expected: string[]): Promise<void> {
  let read = await groups();
  for (const patience = performance.now() + 60_000; performance.now() < patience; read = await groups())
    if (isDeepStrictEqual(read, expected)) return;
  assert.deepEqual(read, expected);
}

test('one look says which sessions need you, work and failed; one key goes to the one that needs you (U1, U2)', async () => {
  const { page, window } = shared;
  await openContainer(page, 'Holdfast');
  await readsAs('Needs you:', 'Slack', 'Working:', 'Flood', 'Failed:', 'Neap', 'Today:', 'Ebb');
  await statusBarItem(page, /1 needs you.*1 failed.*1 running/u).waitFor();
  await page.locator('.activitybar .badge').filter({ hasText: '1' }).first().waitFor();
  await window.screenshot('editor-sessions');
  await pressUntil(page, 'Control+Alt+j', shared.header('Slack'));
  await shared.chat.getByRole('button', { name: 'Allow once' }).click();
  await shared.chat.getByText('selected once').first().waitFor();
});

test('a session is renamed where it stands, several are archived together, and a deleted one comes back (U1)', async () => {
  const { page } = shared;
  // Rows move while turns end: a click waits until they stand.
  await treeRows(page, 'Sessions', /^Today\s*2/u).waitFor();
  await openFromTree(page, 'Ebb');
  const selected = page.locator('.monaco-list-row.selected');
  await selected.filter({ hasText: 'Ebb' }).waitFor();
  // The chat shows what was clicked on already: it does not take the focus from what asks.
  await pressUntil(page, 'F2', quickInput(page));
  await page.keyboard.press('End');
  await page.keyboard.type(' and flow', { delay: 80 });
  assert.equal(await quickInput(page).inputValue(), 'Ebb and flow');
  await closePicker(page);
  await page.keyboard.press('ArrowUp');
  await pressUntil(page, 'F2', quickInput(page));
  await answerInput(page, 'Slack water');
  await shared.header('Slack water').waitFor();
  await selected.filter({ hasText: 'Slack water' }).waitFor();
  await selectSessions(page, 'Slack water', 'Neap');
  await pickContextMenu(page, sessionRows(page, 'Neap'), 'Archive Selected Sessions');
  await treeRows(page, 'Sessions', /^Archived/u).waitFor();
  // Both are gone from where they stood before the group they went to is opened.
  for (const title of ['Neap', 'Slack water']) await sessionRows(page, title).waitFor({ state: 'detached' });
  await openGroup(page, /^Archived/u, sessionRows(page, 'Slack water'));
  await openFromTree(page, 'Ebb');
  await pressUntil(page, 'Delete', notification(page, '“Ebb” is deleted'));
  await answerNotification(page, '“Ebb” is deleted', 'Undo');
  await sessionRows(page, 'Ebb').waitFor();
  await shared.header('Ebb').waitFor();
  assert.equal((await (await shared.other()).list({ text: 'ebb' })).sessions[0]?.archived, false);
});

test('a permission that is asked elsewhere is answered from its notification, and a filter shows what needs me (U1, U4)', async () => {
  const { page } = shared;
  const quay = await shared.make({ agent: 'scripted', title: 'Quay' });
  const turn = await quay.prompt('permission');
  await answerNotification(page, '“Quay” needs you', 'Allow once');
  assert.equal((await turn.ended).outcome, 'completed');
  await runCommand(page, 'Holdfast: Filter Sessions');
  await pickRow(page, 'Those that need me');
  await sessionRows(page, 'Flood').waitFor({ state: 'detached' });
  await runCommand(page, 'Holdfast: Show All Sessions');
  await sessionRows(page, 'Flood').waitFor();
});

test('what was printed is found as one types, and its session opens there (J6)', async () => {
  const { page } = shared;
  await runCommand(page, 'Holdfast: Search in All Sessions');
  await quickInput(page).fill('spring tide');
  await quickRows(page).filter({ hasText: 'Ebb' }).first().click();
  await shared.header('Ebb').waitFor();
  await shared.chat.locator('.revealed').filter({ hasText: 'spring tide' }).waitFor();
  await runCommand(page, 'Holdfast: Open Transcript as Document');
  await page.locator('.editor-instance').getByText('# Ebb').first().waitFor();
});

test('a file is sent to a session, where it stands in the composer (U5)', async () => {
  const { page } = shared;
  await runCommand(page, 'Holdfast: Send to Session');
  await pickRow(page, 'Flood');
  await shared.header('Flood').waitFor();
  await until(async () => /Ebb\.md/u.test(await composer(page).inputValue()));
});

test('a session opens in a terminal of the editor, where its transcript is, and goes on when the terminal is left (U1)', async () => {
  const { page } = shared;
  await openFromTree(page, 'Ebb');
  await pickContextMenu(page, sessionRows(page, 'Ebb'), 'Open Session in Terminal');
  const printed = page.locator('.xterm-rows');
  await printed.getByText('the spring tide comes at noon').first().waitFor();
  await until(async () => {
    await page
      .locator('.xterm-helper-textarea')
      .first()
      .press('Control+c', { timeout: 5_000 })
      .catch(() => undefined);
    return printed.waitFor({ state: 'detached', timeout: 5_000 }).then(
      () => true,
      () => false,
    );
  });
  await openFromTree(page, 'Ebb');
});

test('the runtime view shows the processes with their sessions, and what works ends there (P7)', async () => {
  const { page, window } = shared;
  await clickUntil(
    page.getByRole('button', { name: /Runtime Section/u }),
    treeRows(page, 'Runtime', /Holdfast runtime/u),
  );
  await treeRows(page, 'Runtime', /scripted.*2 sessions/u).waitFor();
  await window.screenshot('editor-runtime');
  writeFileSync(path.join(shared.workspace, 'go'), '');
  await pressAboveRuntime('Stop Idle Agents', notification(page, '1 agent process was stopped.'));
  await treeRows(page, 'Runtime', /scripted/u).waitFor({ state: 'detached' });
});

/** Presses a button above the runtime view, which shows while the pointer is there, until what it leads to is there. */
async function pressAboveRuntime(name: string, there: Locator): Promise<void> {
  const { page } = shared;
  const header = page.getByRole('button', { name: /Runtime Section/u });
  await until(async () => {
    await succeeds(header.hover({ timeout: 5_000 }));
    await succeeds(header.getByLabel(name, { exact: true }).click({ timeout: 5_000 }));
    // Long enough that what it asks is not asked twice.
    return appears(there, 15_000);
  });
}

/** What the runtime says of itself to the other client; `undefined` where that is lost with one that goes. */
async function status() {
  const other = await shared.other();
  return other.request('runtime/status', {}).catch(() => undefined);
}

/** The process of the runtime, once it is another one than this. */
async function runtimeAfter(before?: number): Promise<number> {
  let pid: number | undefined;
  await until(async () => {
    pid = (await status())?.pid;
    return pid !== undefined && pid !== before;
  });
  return pid ?? 0;
}

/** Resolves when the chat shows that so many of its turns were interrupted. */
async function areInterrupted(count: number): Promise<void> {
  await shared.chat
    .locator('.turn-end')
    .filter({ hasText: 'Interrupted' })
    .nth(count - 1)
    .waitFor();
}

test('the runtime restarts by the button of its view, after a question while a session works; its sessions are there again and go on (P7, U8, J4)', async () => {
  const { page } = shared;
  await (await shared.make({ agent: 'shell', title: 'Bar' })).prompt('echo begun-here; sleep 1000');
  await openFromTree(page, 'Bar');
  await shared.shows('begun-here');
  const before = await runtimeAfter();
  const question = dialog(page).getByText('1 session is at work. Its turn would end.');
  await pressAboveRuntime('Restart Runtime', question);
  await answerDialog(page, 'Cancel');
  await question.waitFor({ state: 'detached' });
  // It works on.
  await until(async () => (await status())?.sessions.running === 1);
  await pressAboveRuntime('Restart Runtime', question);
  await answerDialog(page, 'End Turns and Restart');
  await runtimeAfter(before);
  await areInterrupted(1);
  await shared.send('echo again $((20 + 3))');
  await shared.shows('again 23');
});

test('a runtime that is killed while its session is shown comes back by itself: the turn is said to be interrupted, and transcript and draft are there (U8, J4)', async () => {
  const { page } = shared;
  await shared.send('echo before-the-end; sleep 1000');
  await shared.shows('before-the-end');
  await composer(page).fill('echo kept $((30 + 4))');
  const before = await runtimeAfter();
  process.kill(before, 'SIGKILL');
  await runtimeAfter(before);
  await areInterrupted(2);
  await shared.shows('again 23');
  await until(async () => (await composer(page).inputValue()) === 'echo kept $((30 + 4))');
  await shared.chat.locator('button.send:enabled').waitFor();
  await composer(page).press('Enter');
  await shared.shows('kept 34');
});

test('a lost runtime that cannot start is told of in the chat and in the status bar, where a click leads to another try (U8)', async () => {
  const { chat, page, home, window } = shared;
  const before = await runtimeAfter();
  renameSync(home, `${home}.away`);
  writeFileSync(home, 'in the way');
  process.kill(before, 'SIGKILL');
  const lost = statusBarItem(page, 'Holdfast: reconnecting');
  const retry = quickRows(page).filter({ hasText: 'Retry Now' });
  await chat.getByText('The connection was lost.').waitFor();
  await chat.getByText('kept 34').waitFor();
  await clickUntil(lost, retry);
  await window.screenshot('editor-connection-ways');
  rmSync(home);
  renameSync(`${home}.away`, home);
  // It tries again by itself as well, and a chat that goes on may take the focus.
  await succeeds(retry.click({ timeout: 5_000 }));
  await runtimeAfter(before);
  await lost.waitFor({ state: 'detached' });
  await shared.send('echo found $((40 + 5))');
  await shared.shows('found 45');
});

/** Archives so many sessions by a client that is gone afterwards. */
async function archiveMany(count: number): Promise<void> {
  const client = await connect({ home: shared.home, bundle: runtimeBundle, log: () => undefined });
  for (let at = 1; at <= count; at++) {
    const config = { cwd: shared.workspace, title: `Shoal ${at}`, onEvent: () => undefined };
    await (await client.openSession(config)).configure({ archived: true });
  }
  client.dispose();
}

test('of many archived sessions the newest are listed, and the last row loads those before them (U1)', async () => {
  const { page } = shared;
  await archiveMany(55);
  // Of what a window hears while it is connected it knows all: another runtime is asked for a page.
  const before = await runtimeAfter();
  process.kill(before, 'SIGKILL');
  await runtimeAfter(before);
  const tree = page.getByRole('tree', { name: 'Sessions' });
  const focused = (text: RegExp): Locator =>
    tree.locator('.monaco-list-row.focused').filter({ hasText: text });
  const closed = treeRows(page, 'Sessions', /^Archived/u).and(page.locator('[aria-expanded="false"]'));
  await until(async () => {
    if (await closed.isVisible()) await succeeds(closed.click({ timeout: 5_000 }));
    await succeeds(tree.press('End', { timeout: 5_000 }));
    return appears(focused(/^Load more/u), 2_000);
  });
  // Those that were archived first stand last.
  await until(async () => {
    if (await focused(/^Load more/u).isVisible()) await succeeds(tree.press('Enter', { timeout: 5_000 }));
    await succeeds(tree.press('End', { timeout: 5_000 }));
    return appears(focused(/^(?:Neap|Slack water)/u), 2_000);
  });
});
