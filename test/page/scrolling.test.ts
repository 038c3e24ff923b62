import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import type { ChatPage } from './support/chatPage.ts';
import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

function long(turns: number): FakeSession {
  const session = new FakeSession({ title: 'A long one' });
  for (let turn = 0; turn < turns; turn++) {
    session
      .prompt(`question ${turn}`)
      .say(`answer ${turn}\n\n${'and more of it\n\n'.repeat(turn % 5)}`)
      .endTurn();
  }
  return session;
}

/** Pixels from the end of the transcript. */
function distance({ page }: ChatPage): Promise<number> {
  return page
    .locator('.transcript')
    .evaluate(({ scrollHeight, clientHeight, scrollTop }) =>
      Math.round(scrollHeight - clientHeight - scrollTop),
    );
}

async function settled(chat: ChatPage): Promise<void> {
  await chat.page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

/** Resolves when the transcript has stood still for some frames: a turn of the wheel moves it for a while. */
async function atRest(chat: ChatPage): Promise<void> {
  await chat.page.locator('.transcript').evaluate(async (element) => {
    let before = NaN;
    for (let frames = 0; frames < 10; frames++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (element.scrollTop !== before) frames = 0;
      before = element.scrollTop;
    }
  });
}

test('the end is followed while text streams in', async () => {
  const session = long(20);
  await using chat = await openChatPage({ session, height: 500 });
  await settled(chat);
  assert.ok((await distance(chat)) <= 1);
  const stream = session.prompt('more').stream('agent');
  for (let index = 0; index < 60; index++) stream.add(`line ${index}\n\n`);
  stream.done();
  session.endTurn();
  await chat.page.getByText('line 59').waitFor();
  await chat.page.locator('.turn-end').last().getByText('Completed').waitFor();
  await settled(chat);
  assert.ok((await distance(chat)) <= 1, `${await distance(chat)} pixels from the end`);
});

test('a reader who scrolled up is never moved, and comes back with one click', async () => {
  const session = long(30);
  await using chat = await openChatPage({ session, height: 500 });
  await settled(chat);
  await chat.page.locator('.transcript').hover();
  await chat.page.mouse.wheel(0, -400);
  const jump = chat.page.getByRole('button', { name: 'Jump to latest' });
  await jump.waitFor();
  // It stands on text: nothing of that shows through, though second buttons of this theme have no ground.
  const ground = await jump.evaluate((element) => getComputedStyle(element).backgroundColor);
  assert.match(ground, /^rgb\(/u);
  await chat.page.waitForFunction(() => {
    const element = document.querySelector('.transcript');
    return element !== null && element.scrollHeight - element.clientHeight - element.scrollTop > 300;
  });
  await atRest(chat);
  const place = (): Promise<string> =>
    chat.page.evaluate(() => {
      const rows = [...document.querySelectorAll('.prompt')];
      const first = rows.find((row) => row.getBoundingClientRect().top > 60);
      return `${first?.textContent} ${Math.round((first?.getBoundingClientRect().top ?? 0) / 4)}`;
    });
  const before = await place();
  const stream = session.prompt('more').stream('agent');
  for (let index = 0; index < 40; index++) stream.add(`line ${index}\n\n`);
  stream.done();
  await chat.page.getByText('line 39').waitFor({ state: 'attached' });
  await settled(chat);
  assert.equal(await place(), before);
  await chat.page.getByRole('button', { name: 'Jump to latest' }).click();
  await chat.page.getByText('line 39').waitFor();
  await settled(chat);
  assert.ok((await distance(chat)) <= 1);
  assert.equal(await chat.page.getByRole('button', { name: 'Jump to latest' }).count(), 0);
});

test('a banner that comes and goes is no scrolling of the reader', async () => {
  const session = long(20);
  await using chat = await openChatPage({ session, height: 500 });
  await settled(chat);
  await chat.send({ type: 'connection', connection: { state: 'reconnecting' } });
  await chat.page.locator('.banner').waitFor();
  await settled(chat);
  await chat.send({ type: 'connection', connection: { state: 'connected' } });
  await chat.page.locator('.banner').waitFor({ state: 'detached' });
  await settled(chat);
  assert.ok((await distance(chat)) <= 1);
  assert.equal(await chat.page.getByRole('button', { name: 'Jump to latest' }).count(), 0);
});

test('earlier rows are loaded on the way up until there are no more, and what was read stays in place', async () => {
  const session = long(80);
  await using chat = await openChatPage({ session, height: 500, tail: 30 });
  await settled(chat);
  assert.equal(await chat.page.getByText('question 0', { exact: true }).count(), 0);
  await chat.page.locator('.transcript').hover();
  while ((await chat.page.getByText('question 0', { exact: true }).count()) === 0) {
    await chat.page.mouse.wheel(0, -2000);
    await settled(chat);
  }
  await chat.page.locator('.transcript').evaluate((element) => (element.scrollTop = 0));
  await chat.page.getByText('question 0', { exact: true }).waitFor();
  const numbers = await chat.page
    .locator('.prompt')
    .evaluateAll((rows) => rows.map(({ textContent }) => Number(/\d+/.exec(textContent ?? '')?.[0])));
  assert.deepEqual(
    numbers,
    Array.from({ length: 80 }, (_, index) => index),
    'every row once, in order',
  );
  assert.equal(await chat.page.getByRole('button', { name: 'Load earlier' }).count(), 0);
});

test('5,000 rows are painted at their end quickly, and only what is near is laid out', async () => {
  const session = long(1250);
  const started = performance.now();
  await using chat = await openChatPage({ session, tail: 5000 });
  await chat.page.getByText('answer 1249').waitFor();
  console.log(`5,000 rows: the end painted ${Math.round(performance.now() - started)} ms after opening`);
  await settled(chat);
  assert.ok((await distance(chat)) <= 1);
});
