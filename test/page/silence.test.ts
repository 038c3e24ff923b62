import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';
import { axeFindings } from './support/axe.ts';

after(closeBrowser);

test('a turn of which nothing is heard says what it waits for and what can be done, until it is heard of again (T8, U3)', async () => {
  const session = new FakeSession().prompt('Fix the tides');
  const { turnId } = session;
  assert.ok(turnId !== undefined);
  await using chat = await openChatPage({ session });
  const silence = chat.page.getByRole('group', { name: 'Nothing was heard for long' });
  session.emit('turn.stalled', { turnId, since: session.at, waitingFor: 'the command “make” to end' });
  await silence.getByText('It waits for the command “make” to end.').waitFor();
  await chat.page.getByRole('main').getByText('Silent', { exact: true }).waitFor();
  assert.deepEqual(await axeFindings(chat.page), []);
  await silence.getByRole('button', { name: 'Show Log' }).click();
  await chat.heard((message) => message.type === 'action' && message.action === 'showLog');
  await silence.getByRole('button', { name: 'Cancel Turn' }).click();
  await chat.heard(
    (message) =>
      message.type === 'request' &&
      message.method === 'session/cancel' &&
      isDeepStrictEqual(message.params, { turnId }),
  );
  session.emit('turn.progressed', { turnId });
  await silence.waitFor({ state: 'detached' });
  await chat.page.getByRole('main').getByText('Working', { exact: true }).waitFor();
});

test('focus that comes to no part of the page goes into the composer, unless the person clicked there to read (U5, U6)', async () => {
  const session = new FakeSession().prompt('Fix the tides').endTurn();
  await using chat = await openChatPage({ session });
  const field = chat.page.getByRole('textbox', { name: 'Prompt' });
  await field.focus();
  /** What has the focus once the page got it anew, as from another part of the editor. */
  const entered = (): Promise<string | undefined> =>
    chat.page.evaluate(async () => {
      (document.activeElement as HTMLElement | null)?.blur();
      window.dispatchEvent(new Event('focus'));
      // What answers the focus has its turn before this.
      await new Promise((resolve) => setTimeout(resolve, 0));
      return document.activeElement?.tagName;
    });
  assert.equal(await entered(), 'TEXTAREA');
  await chat.page.evaluate(() => document.body.dispatchEvent(new Event('pointerdown', { bubbles: true })));
  assert.equal(await entered(), 'BODY');
  await field.focus();
  assert.equal(await entered(), 'TEXTAREA');
});
