import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { Deferred } from '../../src/base/deferred.ts';
import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';
import { agentShowcase } from './support/showcase.ts';

after(closeBrowser);

test('a prompt is written and sent with the keyboard alone', async () => {
  const session = new FakeSession();
  await using chat = await openChatPage({ session });
  await chat.page.keyboard.type('first line');
  await chat.page.keyboard.press('Shift+Enter');
  await chat.page.keyboard.type('second line');
  await chat.page.keyboard.press('Enter');
  const request = await chat.heard(({ type }) => type === 'request');
  assert.deepEqual(request.type === 'request' && { ...request, requestId: 0 }, {
    type: 'request',
    requestId: 0,
    sessionId: session.sessionId,
    method: 'session/prompt',
    params: { content: [{ type: 'text', text: 'first line\nsecond line' }] },
  });
  assert.equal(await chat.page.getByRole('textbox', { name: 'Prompt' }).inputValue(), '');
});

test('nothing empty is sent, and the composer grows with its text up to a bound', async () => {
  await using chat = await openChatPage({ session: new FakeSession() });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await composer.fill('  \n ');
  await chat.page.keyboard.press('Enter');
  assert.equal(
    chat.said.some(({ type }) => type === 'request'),
    false,
  );
  const height = async (): Promise<number> => (await composer.boundingBox())?.height ?? 0;
  await composer.fill('one');
  const small = await height();
  await composer.fill('one\ntwo\nthree\nfour');
  assert.ok((await height()) > small + 40);
  await composer.fill('line\n'.repeat(200));
  assert.ok((await height()) <= 720 * 0.41);
});

test('while a turn runs, Enter adds to the queue, Escape cancels, and queued prompts can be taken back', async () => {
  const session = new FakeSession().prompt('long work');
  await using chat = await openChatPage({ session });
  await chat.page.keyboard.type('then this');
  await chat.page.getByRole('button', { name: 'Add to queue (Enter)' }).click();
  await chat.heard((message) => message.type === 'request' && message.method === 'session/prompt');
  session.emit('turn.queued', {
    turnId: 'queued' as never,
    kind: 'prompt',
    content: [{ type: 'text', text: 'then this' }],
  });
  await chat.page.getByRole('button', { name: 'Remove from queue: then this' }).click();
  await chat.heard(
    (message) =>
      message.type === 'request' &&
      message.method === 'session/queue' &&
      isDeepStrictEqual(message.params['action'], { kind: 'remove', turnId: 'queued' }),
  );
  session.emit('turn.ended', { turnId: 'queued' as never, outcome: 'cancelled' });
  await chat.page.getByRole('list', { name: 'Queued prompts' }).waitFor({ state: 'detached' });
  await chat.page.getByRole('textbox', { name: 'Prompt' }).press('Escape');
  await chat.heard(
    (message) =>
      message.type === 'request' &&
      message.method === 'session/cancel' &&
      message.params['turnId'] === undefined,
  );
  session.endTurn('cancelled');
  await chat.page.getByRole('button', { name: 'Cancel (Escape)' }).waitFor({ state: 'detached' });
});

test('a draft outlives the page, one for each session', async () => {
  const session = new FakeSession();
  const other = new FakeSession();
  await using chat = await openChatPage({ session });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await composer.fill('half a thought');
  await chat.send(other.snapshot());
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === '');
  await composer.fill('another');
  await chat.reload();
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === 'half a thought');
  await chat.send(other.snapshot());
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === 'another');
});

test('a draft is kept with every key: the page may be gone before its next frame (U3)', async () => {
  await using chat = await openChatPage({ session: new FakeSession() });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  const kept = await composer.evaluate((field: HTMLTextAreaElement) => {
    field.focus();
    document.execCommand('insertText', false, 'the last letters');
    return sessionStorage.getItem('page state');
  });
  assert.match(kept ?? '', /the last letters/);
});

test('text that is delivered is kept before the page says so, and comes once, whatever is shown (U3, U5)', async () => {
  const session = new FakeSession();
  const other = new FakeSession();
  await using chat = await openChatPage({ session });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await composer.fill('mine');
  const insert = (deliveryId: number, to: FakeSession, text: string): Promise<void> =>
    chat.send({ type: 'insert', deliveryId, sessionId: to.sessionId, text });
  await insert(7, session, 'theirs');
  await insert(7, session, 'theirs');
  await insert(3, other, 'for the other');
  await chat.heard((message) => message.type === 'took' && message.deliveryId === 3);
  assert.equal(await composer.inputValue(), 'mine\ntheirs');
  assert.equal(chat.said.filter(({ type }) => type === 'took').length, 2);
  await chat.reload();
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === 'mine\ntheirs');
  await chat.send(other.snapshot());
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === 'for the other');
});

test('text that is delivered before the composer is there stands in its field (U3, U5)', async () => {
  const session = new FakeSession();
  await using chat = await openChatPage({ session });
  const released = new Deferred<void>();
  await chat.page.route('**/composer.js', async (route) => {
    await released.promise;
    await route.continue();
  });
  await chat.reload();
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await composer.fill('mine');
  await chat.send({ type: 'insert', deliveryId: 1, sessionId: session.sessionId, text: 'theirs' });
  await chat.heard(({ type }) => type === 'took');
  assert.equal(await composer.inputValue(), 'mine\ntheirs');
  released.resolve();
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  assert.equal(await composer.inputValue(), 'mine\ntheirs');
});

test('a prompt that could not be sent is a draft of its session again, whatever the page shows by then (U3)', async () => {
  const session = new FakeSession();
  const other = new FakeSession();
  const failed = new Deferred<void>();
  await using chat = await openChatPage({ session, answer: () => failed.promise });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  const shows = (text: string) =>
    chat.page.waitForFunction((wanted) => document.querySelector('textarea')?.value === wanted, text);
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await composer.fill('precious words');
  await composer.press('Enter');
  await chat.heard(({ type }) => type === 'request');
  await chat.send(other.snapshot());
  await shows('');
  await composer.fill('of the other');
  failed.reject(new Error('the disk is full'));
  await chat.page.waitForFunction(() => {
    const { drafts = {} } = JSON.parse(sessionStorage.getItem('page state') ?? '{}') as { drafts?: object };
    return Object.values(drafts).includes('precious words');
  });
  assert.equal(await composer.inputValue(), 'of the other');
  await chat.send(session.snapshot());
  await shows('precious words');
});

test('a prompt whose page ended before it was taken is found again among what was written before (U3)', async () => {
  const session = new FakeSession();
  await using chat = await openChatPage({ session, answer: () => new Promise(() => {}) });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await composer.fill('precious words');
  await composer.press('Enter');
  await chat.heard(({ type }) => type === 'request');
  await chat.reload();
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  assert.equal(await composer.inputValue(), '');
  await composer.press('ArrowUp');
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === 'precious words');
});

test('a prompt that could not be sent comes back into the composer with the reason', async () => {
  await using chat = await openChatPage({
    session: new FakeSession(),
    answer: () => {
      throw new Error('the disk is full');
    },
  });
  await chat.page.keyboard.type('precious words');
  await chat.page.keyboard.press('Enter');
  await chat.page.getByRole('alert').getByText('the disk is full').waitFor();
  assert.equal(await chat.page.getByRole('textbox', { name: 'Prompt' }).inputValue(), 'precious words');
});

test('without a connection nothing is sent, and the banner says what helps', async () => {
  await using chat = await openChatPage({
    session: new FakeSession(),
    connection: { state: 'reconnecting', nextAttemptAt: Date.now() + 600_000 },
  });
  await chat.page.getByText(/Next attempt in \d+ s\./).waitFor();
  await chat.page.keyboard.type('hello');
  await chat.page.keyboard.press('Enter');
  assert.equal(
    chat.said.some(({ type }) => type === 'request'),
    false,
  );
  await chat.page.getByRole('button', { name: 'Retry Now' }).click();
  await chat.heard((message) => message.type === 'action' && message.action === 'retry');
  await chat.send({ type: 'connection', connection: { state: 'connected' } });
  await chat.page.getByRole('button', { name: 'Send (Enter)' }).click();
  await chat.heard(({ type }) => type === 'request');
});

test('icons of the composer say what they are where there is room, and take no room where there is none [U3, U6]', async () => {
  const session = agentShowcase();
  await using chat = await openChatPage({ session, width: 760 });
  const words = chat.page.locator('.composer-tools .icon-word');
  await words.first().waitFor();
  assert.deepEqual(await words.allInnerTexts(), ['Add', 'Options', 'Permissions: Ask', 'Queue']);
  for (const word of await words.all()) {
    const name = await word.locator('xpath=..').getAttribute('aria-label');
    assert.ok(name?.toLowerCase().includes((await word.innerText()).toLowerCase()), `${name} says it, too`);
  }
  await chat.page.setViewportSize({ width: 300, height: 700 });
  await words.first().waitFor({ state: 'hidden' });
  const tools = chat.page.locator('.composer-tools');
  assert.ok(await tools.evaluate((element) => element.scrollWidth <= element.clientWidth));
});

test('a chat of a session that was deleted offers to undo that, and has what was being written once that is done [U1, U3]', async () => {
  const session = agentShowcase();
  await using chat = await openChatPage({ session });
  const { page } = chat;
  const composer = page.getByRole('textbox', { name: 'Prompt' });
  await composer.fill('half a sentence');
  await chat.send({ type: 'none', recent: [], missing: '“Tides” is deleted.', canUndo: true });
  await page.locator('.empty .problem', { hasText: 'is deleted' }).waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await chat.heard((message) => message.type === 'action' && message.action === 'undoDelete');
  await chat.send(session.snapshot());
  await composer.waitFor();
  assert.equal(await composer.inputValue(), 'half a sentence');
  await page.getByRole('button', { name: 'Undo', exact: true }).waitFor({ state: 'detached' });
});

test('a chat of a session that cannot be shown says why, beside what can be done instead [U3]', async () => {
  await using chat = await openChatPage();
  await chat.send({ type: 'none', recent: [], missing: 'This session was deleted.' });
  await chat.page.locator('.empty .problem', { hasText: 'This session was deleted.' }).waitFor();
  await chat.page.getByRole('button', { name: 'New Session' }).waitFor();
});
