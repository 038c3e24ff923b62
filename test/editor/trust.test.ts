import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from '../../src/client/index.ts';
import { startEditor, type EditorOptions } from '../support/editor/startEditor.ts';
import { grantTrust } from '../support/editor/trust.ts';
import {
  chatFrame,
  notification,
  openContainer,
  pickRow,
  sessionRows,
  statusBarItem,
  treeRows,
} from '../support/editor/workbench.ts';
import { fakeAgent, runtimeBundle } from '../support/testHome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** An editor on a copy of the sample workspace, with everything it leaves taken away after the test. */
async function editorFor(
  t: TestContext,
  options: Partial<EditorOptions>,
  before: (folders: { home: string; workspace: string }) => Promise<void> = () => Promise.resolve(),
) {
  const folder = mkdtempSync(path.join(process.env['HOLDFAST_TEST_RUN'] ?? tmpdir(), 't-'));
  const home = path.join(folder, 'home');
  const workspace = path.join(folder, 'tides');
  cpSync(path.join(root, 'test/support/sampleWorkspace'), workspace, { recursive: true });
  await before({ home, workspace });
  const editor = await startEditor({ workspace, home, extensionDevelopmentPath: root, ...options });
  t.after(async () => {
    await editor.dispose();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });
  const window = await editor.openWindow({ size: { width: 1280, height: 860 } });
  return { editor, window, home, workspace };
}

test('a window in Restricted Mode starts no runtime, says so, and connects when it is trusted (law 10, U7)', async (t) => {
  const { window, home } = await editorFor(t, { trust: false });
  const { page } = window;
  await openContainer(page, 'Holdfast');
  await page.getByText('This window is in Restricted Mode').first().waitFor();
  await window.screenshot('editor-restricted');
  assert.equal(existsSync(path.join(home, 'runtime', 'runtime.json')), false, 'nothing was started');
  await grantTrust(page);
  await openContainer(page, 'Holdfast');
  await chatFrame(page, 'view').getByRole('button', { name: 'New Session' }).click();
  await pickRow(page, 'Shell');
  const composer = chatFrame(page, 'view').getByRole('textbox').last();
  await composer.fill('echo trusted');
  await composer.press('Enter');
  await chatFrame(page, 'view').getByText('trusted', { exact: true }).first().waitFor();
});

test('a window in Restricted Mode shows the sessions of a runtime that runs, sends them nothing, and can when it is trusted (law 10, U7)', async (t) => {
  const agents = { scripted: fakeAgent('scripted') };
  const { window } = await editorFor(t, { trust: false }, async ({ home, workspace }) => {
    const other = await connect({ home, bundle: runtimeBundle, log: () => undefined, agents });
    t.after(() => other.dispose());
    const session = await other.openSession({
      cwd: workspace,
      agent: 'scripted',
      title: 'Ebb',
      onEvent: () => {},
    });
    await session.prompt('permission');
  });
  const { page } = window;
  await openContainer(page, 'Holdfast');
  await sessionRows(page, 'Ebb').click();
  const chat = chatFrame(page, 'view');
  await chat.getByText('you can read, and nothing is sent').waitFor();
  const allow = chat.getByRole('button', { name: 'Allow once' });
  await allow.waitFor();
  assert.equal(await allow.isDisabled(), true, 'nothing is answered from here');
  await chat.getByRole('textbox').last().fill('not sent');
  assert.equal(await chat.locator('button.send').isDisabled(), true, 'and nothing is sent');
  await window.screenshot('editor-restricted-reading');
  await grantTrust(page);
  await openContainer(page, 'Holdfast');
  await allow.click();
  await chat.getByText('selected once').first().waitFor();
});

test('a broken settings value is named in a message, and the rest works', async (t) => {
  const { window, home } = await editorFor(t, {
    settings: { 'holdfast.agents': { odd: { args: 'no command' } } },
  });
  const { page } = window;
  // The message goes away by itself after a while.
  await Promise.all([notification(page, /odd/u).waitFor(), openContainer(page, 'Holdfast')]);
  await treeRows(page, 'Sessions').or(page.getByText('No sessions yet')).first().waitFor();
  await chatFrame(page, 'view').getByRole('button', { name: 'New Session' }).click();
  await pickRow(page, 'Shell');
  await statusBarItem(page, 'Holdfast').waitFor();
  const client = await connect({ home, bundle: runtimeBundle, mayLaunch: false });
  t.after(() => client.dispose());
  const { problems } = await client.request('agent/list', {});
  assert.deepEqual(problems, [], 'the broken entry is this window’s alone');
});
