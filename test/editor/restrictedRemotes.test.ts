import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { sharedEditor } from '../support/editor/sharedEditor.ts';
import { trustHere } from '../support/editor/trust.ts';
import {
  openContainer,
  pressUntil,
  quickInput,
  quickRows,
  treeRows,
  until,
} from '../support/editor/workbench.ts';

/** Who knocks at a host that the settings name from the beginning. */
const knocks: Socket[] = [];
let cape: Server;

/** A host that takes connections and says nothing, and an editor whose window is in Restricted Mode until a test trusts it. */
const shared = sharedEditor({
  size: { width: 1280, height: 1000 },
  async prepare({ defer }) {
    cape = createServer((socket) => knocks.push(socket)).listen(0, '127.0.0.1');
    defer(() => cape.close());
    defer(() => knocks.forEach((socket) => socket.destroy()));
    await once(cape, 'listening');
  },
  editor: () => {
    const url = `ws://127.0.0.1:${(cape.address() as AddressInfo).port}`;
    return { trust: false, settings: { 'holdfast.remotes': { cape: { url, token: 'of-no-use' } } } };
  },
});

const row = (text: string | RegExp): Locator => treeRows(shared.page, 'Sessions', text);

test('a window in Restricted Mode knocks at no remote host; trusted, it shows them, and knocks when one is opened (O7, law 10)', async () => {
  const { page } = shared;
  await openContainer(page, 'Holdfast');
  await page.getByText('This window is in Restricted Mode').first().waitFor();
  await pressUntil(page, 'F1', quickInput(page));
  await quickInput(page).fill('>Holdfast: Connect to Remote Host');
  await quickRows(page)
    .filter({ hasText: /similar commands|No matching commands/u })
    .waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await row(/^cape/u).count(), 0);
  await page.getByRole('button', { name: 'Manage Workspace Trust' }).click();
  await trustHere(page);
  await openContainer(page, 'Holdfast');
  await row(/^cape\s*not connected/u).waitFor();
  assert.equal(knocks.length, 0);
  await row(/^cape/u).click();
  await until(() => knocks.length > 0);
});
