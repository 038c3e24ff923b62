import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

const CALLS = 2_000;

test('a turn of thousands of tool calls costs some boxes where nobody looks, and is whole for who scrolls and who is led there [U3]', async () => {
  const session = new FakeSession().prompt('Read everything');
  for (let call = 0; call < CALLS; call++) session.tool({ title: `Read file ${call}`, kind: 'read' });
  await using chat = await openChatPage({ session, tail: Infinity, width: 480 });
  await chat.page.getByText(`Read file ${CALLS - 1}`, { exact: true }).waitFor();
  const boxes = await chat.page.locator('.chunks').count();
  assert.ok(boxes <= Math.ceil(CALLS / 96) + 1, `${boxes} boxes`);
  assert.ok((await chat.page.locator('.rows').count()) < CALLS / 16, 'most chunks have no box of their own');
  assert.ok((await chat.page.locator('.tool-card').count()) < CALLS / 4, 'and most rows are not there');

  session.tool({ title: 'Read one more', kind: 'read' });
  await chat.page.getByText('Read one more', { exact: true }).waitFor();
  for (let page = 0; page < 3; page++) {
    await chat.page.locator('.transcript').hover();
    await chat.page.mouse.wheel(0, -3_000);
    await chat.page.waitForFunction(() => {
      const { top = 0, bottom = 0 } = document.querySelector('.transcript')?.getBoundingClientRect() ?? {};
      // Either point may lie between two cards, never both.
      return [0, 8].some((below) => {
        const seen = document.elementFromPoint(240, (top + bottom) / 2 + below);
        return seen !== null && seen.closest('.tool-card') !== null;
      });
    });
  }
  const wanted = [...session.state.items.values()].find(
    (item) => item.kind === 'toolCall' && item.title === 'Read file 700',
  );
  assert.ok(wanted !== undefined);
  const { itemId, position } = wanted;
  await chat.send({ type: 'reveal', deliveryId: 1, sessionId: session.sessionId, itemId, position });
  await chat.page.getByText('Read file 700', { exact: true }).waitFor();
  assert.deepEqual(chat.problems, []);
});
