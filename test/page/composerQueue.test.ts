import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import type { FromPage } from '../../src/protocol/page.ts';
import { Deferred } from '../../src/base/deferred.ts';
import { newMessageId } from '../../src/protocol/ids.ts';
import { closeBrowser, openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

/** A session whose turn runs, with prompts that wait. */
function waiting(...texts: string[]): FakeSession {
  const session = new FakeSession().prompt('long work');
  for (const text of texts)
    session.emit('turn.queued', {
      turnId: text as never,
      kind: 'prompt',
      content: [{ type: 'text', text }],
    });
  return session;
}

const asked = (chat: ChatPage, kind: string): Promise<FromPage> =>
  chat.heard(
    (message) =>
      message.type === 'request' &&
      message.method === 'session/queue' &&
      (message.params['action'] as { kind: string }).kind === kind,
  );

const isCancel = (message: FromPage): message is Extract<FromPage, { type: 'request' }> =>
  message.type === 'request' && message.method === 'session/cancel';

/** A turn that waited runs. */
function begin(session: FakeSession, turnId: string): void {
  session.turnId = turnId as never;
  session.emit('turn.started', { turnId: session.turnId, kind: 'prompt', origin: 'queue' });
}

const params = (message: FromPage): unknown => message.type === 'request' && message.params;

test('a waiting prompt is changed in place with the keyboard alone (U3, T2)', async () => {
  const session = waiting('first');
  await using chat = await openChatPage({ session });
  await chat.page.getByRole('button', { name: 'Edit: first' }).focus();
  await chat.page.keyboard.press('Enter');
  await chat.page.keyboard.type(' and more');
  await chat.page.keyboard.press('Enter');
  assert.deepEqual(params(await asked(chat, 'edit')), {
    action: { kind: 'edit', turnId: 'first', content: [{ type: 'text', text: 'first and more' }] },
  });
  await chat.page.locator('.composer textarea:focus').waitFor();
});

test('what was being changed in a prompt that is sent meanwhile comes into the composer (U3)', async () => {
  const session = waiting('first');
  await using chat = await openChatPage({
    session,
    answer: () => {
      throw new Error('the turn runs already');
    },
  });
  await chat.page.getByRole('button', { name: 'Edit: first' }).click();
  await chat.page.getByRole('textbox', { name: 'Queued prompt' }).fill('better words');
  session.emit('turn.ended', { turnId: 'first' as never, outcome: 'cancelled' });
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === 'better words');
  assert.equal(await chat.page.getByRole('list', { name: 'Queued prompts' }).count(), 0);
});

test('what was being changed in a prompt is found again where the page ended, until it is done (U3)', async () => {
  const session = waiting('first');
  await using chat = await openChatPage({ session, answer: () => ({}) });
  const field = chat.page.getByRole('textbox', { name: 'Queued prompt' });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt', exact: true });
  await chat.page.getByRole('button', { name: 'Edit: first' }).click();
  await field.fill('better words');
  await chat.reload();
  await chat.page.getByRole('button', { name: 'Edit: first' }).click();
  await field.press('Escape');
  await composer.press('ArrowUp');
  await chat.page.waitForFunction(() => document.querySelector('textarea')?.value === 'better words');
  await composer.fill('');
  await chat.page.getByRole('button', { name: 'Edit: first' }).click();
  await field.fill('other words');
  await field.press('Enter');
  await chat.page.waitForFunction(() => {
    const { setAside = {} } = JSON.parse(sessionStorage.getItem('page state') ?? '{}') as {
      setAside?: Record<string, readonly { readonly text: string }[]>;
    };
    return Object.values(setAside)
      .flat()
      .every(({ text }) => text === 'better words');
  });
});

test('what was written for a waiting prompt becomes the draft of its session where it is refused, or not sent, and the page shows another one (U3)', async () => {
  const session = waiting('first');
  const other = new FakeSession();
  const failed = new Deferred<void>();
  await using chat = await openChatPage({ session, answer: () => failed.promise });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt', exact: true });
  const field = chat.page.getByRole('textbox', { name: 'Queued prompt' });
  const shows = (text: string): Promise<unknown> =>
    chat.page.waitForFunction(
      (wanted) => document.querySelector<HTMLTextAreaElement>('.composer textarea')?.value === wanted,
      text,
    );
  const isDraft = (text: string): Promise<unknown> =>
    chat.page.waitForFunction((wanted) => {
      const { drafts = {} } = JSON.parse(sessionStorage.getItem('page state') ?? '{}') as { drafts?: object };
      return Object.values(drafts).includes(wanted);
    }, text);
  await chat.page.getByRole('button', { name: 'Edit: first' }).click();
  await field.fill('better words');
  await field.press('Enter');
  await asked(chat, 'edit');
  await chat.send(other.snapshot());
  await chat.page.getByRole('list', { name: 'Queued prompts' }).waitFor({ state: 'detached' });
  await composer.fill('of the other');
  failed.reject(new Error('the turn runs already'));
  await isDraft('better words');
  assert.equal(await composer.inputValue(), 'of the other');
  await chat.send(session.snapshot());
  await shows('better words');
  await composer.fill('');
  await chat.page.getByRole('button', { name: 'Edit: first' }).click();
  await field.fill('other words');
  await chat.send(other.snapshot());
  await isDraft('other words');
  await chat.send(session.snapshot());
  await shows('other words');
});

test('what was put aside stays where the words of a waiting prompt are the same for a moment (U3)', async () => {
  const session = new FakeSession().prompt('First thing').say('Done.').endTurn().prompt('long work');
  session.emit('turn.queued', {
    turnId: 'first' as never,
    kind: 'prompt',
    content: [{ type: 'text', text: 'first' }],
  });
  await using chat = await openChatPage({ session });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt', exact: true });
  const field = chat.page.getByRole('textbox', { name: 'Queued prompt' });
  await composer.fill('half a thought');
  await chat.page.getByRole('button', { name: 'Edit and send again' }).first().click();
  await chat.page.getByText('Kept: half a thought').waitFor();
  await chat.page.getByRole('button', { name: 'Edit: first' }).click();
  await field.fill('half a thought');
  await field.fill('half a thought, and more');
  await field.press('Escape');
  await composer.fill('');
  await composer.press('ArrowUp');
  await chat.page.waitForFunction(
    () => document.querySelector<HTMLTextAreaElement>('.composer textarea')?.value === 'half a thought',
  );
});

test('waiting prompts move up and down, each by what goes behind it (U3, T2)', async () => {
  await using chat = await openChatPage({ session: waiting('one', 'two', 'three') });
  await chat.page.getByRole('button', { name: 'Move up: three' }).click();
  assert.deepEqual(params(await asked(chat, 'move')), {
    action: { kind: 'move', turnId: 'three', before: 'two' },
  });
  chat.forget();
  await chat.page.getByRole('button', { name: 'Move down: two' }).click();
  assert.deepEqual(params(await asked(chat, 'move')), { action: { kind: 'move', turnId: 'two' } });
  assert.equal(await chat.page.getByRole('button', { name: 'Move up: one' }).count(), 0);
});

test('a waiting prompt is sent at once: it goes first, and the running turn is stopped (U3, T2)', async () => {
  const session = waiting('one', 'two');
  await using chat = await openChatPage({ session });
  await chat.page.getByRole('button', { name: 'Stop what runs and send now: two' }).click();
  assert.deepEqual(params(await asked(chat, 'move')), {
    action: { kind: 'move', turnId: 'two', before: 'one' },
  });
  const cancel = await chat.heard(
    (message) => message.type === 'request' && message.method === 'session/cancel',
  );
  assert.deepEqual(params(cancel), { turnId: session.turnId });
});

test('after Cancel the page says that what waited next runs, and can cancel that with all that waits (U3, T2, T3)', async () => {
  const session = waiting('one', 'two', 'three');
  const running = session.turnId;
  await using chat = await openChatPage({ session, answer: () => new Promise(() => {}) });
  const note = chat.page.getByText('Cancelled. What waited next runs now.');
  await chat.page.getByRole('button', { name: 'Cancel (Escape)' }).click();
  await chat.heard((message) => message.type === 'request' && message.method === 'session/cancel');
  assert.equal(await note.count(), 0, 'nothing has ended yet');
  chat.forget();
  session.endTurn('cancelled');
  begin(session, 'one');
  await note.waitFor();
  await chat.page.getByRole('button', { name: 'Cancel All (2 more wait)' }).focus();
  await chat.page.keyboard.press('Enter');
  await chat.heard((message) => isCancel(message) && message.params['turnId'] === 'one');
  assert.notEqual(running, session.turnId);
  assert.deepEqual(
    chat.said.filter(isCancel).map(params),
    [{ turnId: 'two' }, { turnId: 'three' }, { turnId: 'one' }],
    'what waits is taken out first: none of it is to begin, and none waits for the answer about another',
  );
  await chat.page.locator('.composer textarea:focus').waitFor();
  session.endTurn('cancelled');
  await note.waitFor({ state: 'detached' });
});

test('what runs next is not said to follow a cancelled turn where nothing was cancelled, or something else ran before it (U3, T3)', async () => {
  const refuses = (): never => {
    throw new Error('the disk is full');
  };
  for (const way of ['refused', 'nothing to cancel', 'another first']) {
    const session = waiting('one', 'two');
    await using chat = await openChatPage({
      session,
      answer: () => (way === 'refused' ? refuses() : { cancelled: way === 'another first' }),
    });
    await chat.page.getByRole('button', { name: 'Cancel (Escape)' }).click();
    await chat.heard(isCancel);
    if (way === 'refused') await chat.page.getByRole('alert').getByText('the disk is full').waitFor();
    session.endTurn();
    if (way === 'another first') {
      begin(session, 'two');
      await chat.page.getByRole('button', { name: 'Edit: two' }).waitFor({ state: 'detached' });
      session.endTurn();
    }
    begin(session, 'one');
    await chat.page.getByRole('button', { name: 'Edit: one' }).waitFor({ state: 'detached' });
    await chat.page.getByText('What waited next runs now').waitFor({ state: 'detached' });
  }
});

test('a command is not shown twice where prompts were taken out of the queue while it ran (U3)', async () => {
  const session = new FakeSession().prompt('make');
  const command = session.command('make');
  await using chat = await openChatPage({ session });
  await chat.page.locator('.one-command').waitFor();
  const unsent = [{ type: 'text', text: 'make test' } as const];
  session.emit('turn.ended', { turnId: 'later' as never, outcome: 'cancelled', unsent });
  await chat.page.getByText('Taken out of the queue, not sent').waitFor();
  assert.equal(await chat.page.locator('.one-command').count(), 1);
  command.end(0);
  session.emit('message.started', { messageId: newMessageId(), role: 'agent', content: unsent });
  await chat.page.locator('.one-command').waitFor({ state: 'detached' });
});

test('Cancel with nothing in the queue says nothing more (T3)', async () => {
  const session = waiting();
  await using chat = await openChatPage({ session });
  await chat.page.getByRole('button', { name: 'Cancel (Escape)' }).click();
  await chat.heard((message) => message.type === 'request' && message.method === 'session/cancel');
  session.endTurn('cancelled').prompt('another one');
  await chat.page.getByText('another one').waitFor();
  assert.equal(await chat.page.getByText('What waited next runs now').count(), 0);
});

test('while a turn runs, what is written can also stop it: by its menu and by Ctrl+Enter (U3)', async () => {
  for (const way of ['menu', 'key']) {
    await using chat = await openChatPage({ session: waiting() });
    await chat.page.getByRole('textbox', { name: 'Prompt' }).fill('no, this');
    const menu = chat.page.getByRole('button', { name: 'How to send' });
    await menu.waitFor();
    if (way === 'menu') {
      await menu.focus();
      await chat.page.keyboard.press('Enter');
      await chat.page.getByRole('menuitem', { name: /Add to queue/ }).waitFor();
      await chat.page.keyboard.press('ArrowDown');
      await chat.page.keyboard.press('Enter');
    } else await chat.page.getByRole('textbox', { name: 'Prompt' }).press('Control+Enter');
    const prompt = await chat.heard(({ type }) => type === 'request');
    assert.deepEqual(params(prompt), { content: [{ type: 'text', text: 'no, this' }], mode: 'interrupt' });
  }
});

test('Up in an empty composer walks what was asked before, Down back again (U3)', async () => {
  const session = new FakeSession();
  for (const text of ['oldest', 'older', 'newest']) session.prompt(text).say('done').endTurn();
  await using chat = await openChatPage({ session, tail: 3 });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  const stands = (text: string): Promise<unknown> =>
    chat.page.waitForFunction((wanted) => document.querySelector('textarea')?.value === wanted, text);
  // The earlier ones are not loaded yet.
  for (const text of ['newest', 'older', 'oldest', 'oldest']) {
    await composer.press('ArrowUp');
    await stands(text);
  }
  await composer.press('ArrowDown');
  await stands('older');
  await composer.press('End');
  await chat.page.keyboard.type('!');
  await composer.press('ArrowUp');
  await stands('older!');
});
