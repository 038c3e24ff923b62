import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { beginSession, composer, send, shows } from '../support/editor/chat.ts';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import { grantTrust } from '../support/editor/trust.ts';
import {
  chatFrame,
  notification,
  openContainer,
  pickRow,
  runCommand,
  sessionRows,
} from '../support/editor/workbench.ts';
import { fakeAgent } from '../support/testHome.ts';

/** An editor that asks nothing and trusts no folder until a test does. */
const shared = sharedEditor({
  editor: () => ({ trust: false }),
  agents: () => ({ scripted: fakeAgent('scripted') }),
});

test('a window in Restricted Mode starts no runtime, says so, and connects when it is trusted (law 10, U7)', async () => {
  const { page, window, home } = shared;
  await openContainer(page, 'Holdfast');
  await page.getByText('This window is in Restricted Mode').first().waitFor();
  await window.screenshot('editor-restricted');
  assert.equal(existsSync(path.join(home, 'runtime', 'runtime.json')), false, 'nothing was started');
  await grantTrust(page);
  await beginSession(page, 'Shell');
  await send(page, 'echo trusted');
  await chatFrame(page, 'view').getByText('trusted', { exact: true }).first().waitFor();
});

test('a window in Restricted Mode shows the sessions of a runtime that runs, sends them nothing, and can when it is trusted (law 10, U7)', async () => {
  const beside = path.join(shared.folder, 'estuary');
  mkdirSync(beside);
  await (await shared.make({ agent: 'scripted', title: 'Ebb', cwd: beside })).prompt('permission');
  const second = await shared.editor.openWindow({ workspace: beside });
  const { page } = second;
  await openContainer(page, 'Holdfast');
  await sessionRows(page, 'Ebb').click();
  await shows(page, 'you can read, and nothing is sent');
  const chat = chatFrame(page, 'view');
  const allow = chat.getByRole('button', { name: 'Allow once' });
  await allow.waitFor();
  assert.equal(await allow.isDisabled(), true, 'nothing is answered from here');
  await composer(page).fill('not sent');
  assert.equal(await chat.locator('button.send').isDisabled(), true, 'and nothing is sent');
  await second.screenshot('editor-restricted-reading');
  await grantTrust(page);
  await openContainer(page, 'Holdfast');
  await allow.click();
  await shows(page, 'selected once');
  await second.close();
});

test('a broken settings value is named in a message, and the rest works', async () => {
  const { page } = shared;
  shared.editor.configure({ 'holdfast.agents': { odd: { args: 'no command' } } });
  await notification(page, /odd/u).waitFor();
  await runCommand(page, 'Holdfast: New Session');
  await pickRow(page, 'Shell');
  await shared.header('New session').waitFor();
  const { problems } = await (await shared.other()).request('agent/list', {});
  assert.deepEqual(problems, [], 'the broken entry is this window’s alone');
});
