import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { inOrder } from '../../src/protocol/fold.ts';
import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

test('find goes from the newest match upwards, also to rows that are not loaded yet [U3]', async () => {
  const session = new FakeSession();
  for (let turn = 0; turn < 60; turn++)
    session
      .prompt(`question ${turn}`)
      .say(turn % 20 === 0 ? `a needle in answer ${turn}` : `answer ${turn}`)
      .endTurn();
  await using chat = await openChatPage({
    ...{ session, height: 500, tail: 70 },
    answer: (method) => {
      assert.equal(method, 'session/search');
      const found = inOrder(session.state.items.values()).filter(
        (item) => item.kind === 'message' && JSON.stringify(item.content).includes('needle'),
      );
      return { hits: found.map(({ itemId, position }) => ({ itemId, position })), indexing: false };
    },
  });
  await chat.page.locator('.transcript').focus();
  await chat.page.keyboard.press('Control+f');
  const field = chat.page.getByRole('textbox', { name: 'Find in session' });
  await field.fill('needle');
  const count = chat.page.locator('.find-count');
  await count.getByText('3 of 3').waitFor();
  const seen = (turn: number): Promise<void> =>
    chat.page.waitForFunction((text) => {
      const row = [...document.querySelectorAll('.agent-message')].find(
        (each) => each.textContent?.trim() === text,
      );
      const box = row?.getBoundingClientRect();
      return box !== undefined && box.top >= 0 && box.bottom <= window.innerHeight;
    }, `a needle in answer ${turn}`) as Promise<unknown> as Promise<void>;
  await seen(40);
  await field.press('Shift+Enter');
  await count.getByText('2 of 3').waitFor();
  await seen(20);
  await field.press('Shift+Enter');
  await count.getByText('1 of 3').waitFor();
  await seen(0);
  const marked = await chat.page.evaluate(() => CSS.highlights.get('holdfast-find-current')?.size);
  assert.equal(marked, 1);
  await field.press('Enter');
  await count.getByText('2 of 3').waitFor();
  await field.fill('no such thing');
  await count.getByText('No results').waitFor();
  await field.press('Escape');
  await field.waitFor({ state: 'detached' });
  assert.deepEqual(chat.problems, []);
});

test('find and what leads to a row show where the end of an agent is told of: its turn stands for the notice behind it [U3]', async () => {
  const session = new FakeSession().prompt('Fix the tides');
  const failure = { kind: 'agentFailed', message: 'Claude Code exited: no needle here.' };
  session.endTurn('failed', { failure });
  const { seq } = session.emit('session.detached', { reason: failure.message, failure });
  for (let turn = 0; turn < 20; turn++) session.prompt(`question ${turn}`).say(`answer ${turn}`).endTurn();
  await using chat = await openChatPage({ session, height: 500, tail: 100 });
  const problem = chat.page.locator('.problem');
  const isInView = (): Promise<unknown> =>
    chat.page.waitForFunction(() => {
      const box = document.querySelector('.problem')?.getBoundingClientRect();
      return box !== undefined && box.top >= 0 && box.bottom <= window.innerHeight;
    });
  await chat.page.locator('.transcript').focus();
  await chat.page.keyboard.press('Control+f');
  const field = chat.page.getByRole('textbox', { name: 'Find in session' });
  await field.fill('needle');
  await chat.page.locator('.find-count').getByText('1 of 1').waitFor();
  await isInView();
  await chat.page.waitForFunction(() => CSS.highlights.get('holdfast-find-current')?.size === 1);
  await field.press('Escape');
  await chat.page.keyboard.press('Alt+End');
  const notice = inOrder(session.state.items.values()).find(({ position }) => position === seq);
  assert.ok(notice !== undefined);
  const { sessionId } = session;
  const { itemId, position } = notice;
  await chat.send({ type: 'reveal', deliveryId: 1, sessionId, itemId, position });
  await problem.and(chat.page.locator('.revealed')).waitFor();
  await isInView();
  assert.deepEqual(chat.problems, []);
});

test('find shows more of what is very long in a row until what it looks for is there, and keeps the focus [U3]', async () => {
  const rows = Array.from({ length: 1_700 }, (_, index) => `| row ${index} |`);
  const session = new FakeSession()
    .prompt('go')
    .say(`| a |\n| - |\n${rows.join('\n')}\n| a needle |`)
    .endTurn()
    .prompt('and then')
    .say(`${'the tide comes in '.repeat(3_000)}a needle`)
    .endTurn();
  await using chat = await openChatPage({ session, height: 500 });
  await chat.page.getByRole('button', { name: /^Show more/ }).waitFor();
  await chat.page.locator('.transcript').focus();
  await chat.page.keyboard.press('Control+f');
  const field = chat.page.getByRole('textbox', { name: 'Find in session' });
  await field.fill('a needle');
  const isMarked = (within: string): Promise<unknown> =>
    chat.page.waitForFunction((selector) => {
      const [current] = CSS.highlights.get('holdfast-find-current') ?? [];
      const box = current instanceof Range ? current.getBoundingClientRect() : undefined;
      const around = current?.startContainer.parentElement?.closest(`.agent-message ${selector}`) ?? null;
      return around !== null && box !== undefined && box.top >= 0 && box.bottom <= window.innerHeight;
    }, within);
  await isMarked('p');
  await field.press('Shift+Enter');
  await chat.page.locator('.find-count').getByText('1 of 2').waitFor();
  await isMarked('td');
  assert.ok(await field.evaluate((element) => element === document.activeElement));
  assert.deepEqual(chat.problems, []);
});
