import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Deferred } from '../../src/base/deferred.ts';
import { contentText } from '../../src/protocol/contentText.ts';
import { inOrder } from '../../src/protocol/fold.ts';
import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';
import { axeFindings } from './support/axe.ts';

after(closeBrowser);

/** A session whose earlier rows cannot be loaded until they are `mended`. */
class Broken extends FakeSession {
  mended = false;
  asked = 0;
  /** What an answer waits for. */
  held = Promise.resolve();

  constructor() {
    super();
    for (let turn = 0; turn < 60; turn++) this.prompt(`question ${turn}`).say(`answer ${turn}`).endTurn();
  }

  override async history(asked: { before?: number; limit?: number }) {
    this.asked++;
    await this.held;
    if (!this.mended) throw new Error('The disk is gone.');
    return super.history(asked);
  }
}

const problem = 'Earlier messages could not be loaded. The disk is gone.';

test('the beginning of the transcript says why nothing stands before it, aloud too, and tries again when it is told to (U3, U6)', async () => {
  const session = new Broken();
  await using chat = await openChatPage({ session, tail: 6 });
  await chat.page.getByRole('main').getByText(problem).waitFor();
  await chat.page.getByRole('log').getByText(problem).first().waitFor({ state: 'attached' });
  assert.deepEqual(await axeFindings(chat.page), []);
  await chat.page.getByRole('button', { name: 'Try Again' }).click();
  await chat.page.getByRole('log').getByText(problem).nth(1).waitFor({ state: 'attached' });
  await chat.page.getByRole('main').getByText(problem).waitFor();
  const answer = new Deferred<void>();
  session.held = answer.promise;
  session.mended = true;
  const before = session.asked;
  // Where the page asks of its own accord just then, a click only joins that.
  do await chat.page.locator('.earlier button').click();
  while (session.asked === before);
  await chat.page.getByRole('button', { name: 'Loading' }).waitFor();
  answer.resolve();
  await chat.page.getByText('question 50', { exact: true }).waitFor();
  assert.equal(await chat.page.getByRole('main').getByText(problem).count(), 0);
  assert.deepEqual(chat.problems, []);
});

test('Up in an empty composer says why what was asked before is not there, and tries again with the next Up (U3)', async () => {
  const session = new Broken();
  await using chat = await openChatPage({ session, tail: 3 });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  const stands = (text: string): Promise<unknown> =>
    chat.page.waitForFunction((wanted) => document.querySelector('textarea')?.value === wanted, text);
  await composer.press('ArrowUp');
  await stands('question 59');
  await composer.press('ArrowUp');
  const alert = chat.page.getByRole('alert').getByText(`${problem} Press Up to try again.`);
  await alert.waitFor();
  // In a text of one's own Up would not try again.
  await composer.press('!');
  await alert.waitFor({ state: 'detached' });
  await composer.press('Backspace');
  await composer.press('ArrowUp');
  await alert.waitFor();
  session.mended = true;
  await composer.press('ArrowUp');
  await stands('question 58');
  await chat.page.getByRole('alert').waitFor({ state: 'detached' });
  assert.deepEqual(chat.problems, []);
});

test('the key to the prompt before leads to the beginning where that cannot be loaded (U3, U6)', async () => {
  await using chat = await openChatPage({ session: new Broken(), tail: 3, height: 300 });
  await chat.page.getByRole('main').getByText(problem).waitFor({ state: 'attached' });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await composer.press('Alt+ArrowUp');
  await chat.page.waitForFunction(() => document.activeElement?.textContent === 'question 59');
  await chat.page.keyboard.press('Alt+ArrowUp');
  await chat.page.waitForFunction(() => document.querySelector('.transcript')?.scrollTop === 0);
  await chat.page.getByRole('main').getByText(problem).waitFor();
  assert.deepEqual(chat.problems, []);
});

test('find says when earlier rows cannot be looked through, and tries again with Enter (U3)', async () => {
  const session = new Broken();
  const first = [...session.state.items.values()].find(({ kind }) => kind === 'message');
  assert.ok(first !== undefined);
  const { itemId, position } = first;
  let searches = 0;
  await using chat = await openChatPage({
    ...{ session, tail: 6, height: 500 },
    answer: () => {
      if (searches++ === 0) throw new Error('The index is gone.');
      return { hits: [{ itemId, position }], indexing: false };
    },
  });
  await chat.page.locator('.transcript').focus();
  await chat.page.keyboard.press('Control+f');
  const field = chat.page.getByRole('textbox', { name: 'Find in session' });
  await field.fill('question 0');
  const alert = chat.page.getByRole('search').getByRole('alert');
  await alert.getByText('The index is gone. Press Enter to try again.').waitFor();
  await field.press('Enter');
  await alert.getByText('The disk is gone. Press Enter to try again.').waitFor();
  assert.deepEqual(await axeFindings(chat.page), []);
  await chat.screenshot('find-problem-dark-320');
  session.mended = true;
  await field.press('Enter');
  // The header has the same words: they are the session's title.
  await chat.page.getByRole('heading', { name: 'Prompt: question 0', exact: true }).waitFor();
  await alert.waitFor({ state: 'detached' });
  assert.deepEqual(chat.problems, []);
});

test('find tries again the match that it could not load, and passes none over (U3)', async () => {
  const session = new Broken();
  const hits = inOrder(session.state.items.values())
    .filter((item) => item.kind === 'message' && /^question 5[01]$/u.test(contentText(item.content)))
    .map(({ itemId, position }) => ({ itemId, position }));
  await using chat = await openChatPage({
    ...{ session, tail: 6, height: 500 },
    answer: () => ({ hits, indexing: false }),
  });
  await chat.page.locator('.transcript').focus();
  await chat.page.keyboard.press('Control+f');
  const field = chat.page.getByRole('textbox', { name: 'Find in session' });
  const search = chat.page.getByRole('search');
  await field.fill('question 5');
  await search.getByText('4 of 4').waitFor();
  await field.press('Shift+Enter');
  await search.getByText('3 of 4').waitFor();
  await field.press('Shift+Enter');
  await search.getByRole('alert').getByText(`${problem} Press Enter to try again.`).waitFor();
  session.mended = true;
  await field.press('Enter');
  await chat.page.waitForFunction(() => {
    const [current] = CSS.highlights.get('holdfast-find-current') ?? [];
    return /question 5[01]/.test(current?.startContainer.textContent ?? '');
  });
  await search.getByText('2 of 4').waitFor();
  assert.deepEqual(chat.problems, []);
});
