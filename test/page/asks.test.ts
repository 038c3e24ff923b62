import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { newToolCallId } from '../../src/protocol/ids.ts';
import type { Interaction } from '../../src/protocol/interaction.ts';
import { closeBrowser, openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

const form: Interaction = {
  kind: 'form',
  title: 'Set up the release',
  schema: {
    type: 'object',
    required: ['name', 'count'],
    properties: {
      name: { type: 'string', title: 'Name', minLength: 3 },
      count: { type: 'integer', title: 'Count', minimum: 1, maximum: 9 },
      kind: {
        type: 'string',
        title: 'Kind',
        oneOf: [
          { const: 'a', title: 'Major' },
          { const: 'b', title: 'Minor' },
        ],
      },
      draft: { type: 'boolean', title: 'Draft', default: true },
      parts: { type: 'array', title: 'Parts', items: { type: 'string', enum: ['docs', 'code'] } },
      mail: { type: 'string', title: 'Mail', format: 'email' },
    },
  },
};

/** The answers that the page sent. */
const answers = ({ said }: ChatPage): unknown[] =>
  said.flatMap((message) =>
    message.type === 'request' && message.method === 'session/answer' ? [message.params['answer']] : [],
  );

test('a form has a field for each property, tells what is wrong with it, and sends what was filled in [A4, W1]', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session, width: 480, height: 1000, answer: () => ({}) });
  session.ask(form);
  const card = chat.page.locator('.ask-card');
  const submit = card.getByRole('button', { name: 'Submit' });
  await card.getByLabel('Name').fill('ab');
  await card.getByLabel('Count').fill('12');
  await submit.click();
  await chat.page.getByText('“Name” needs at least 3 characters').waitFor();
  await chat.page.getByText('“Count” must be at most 9').waitFor();
  assert.deepEqual(answers(chat), [], 'nothing is sent that does not fit');
  await card.getByLabel('Name').fill('first');
  await card.getByLabel('Count').fill('3');
  await card.getByLabel('Kind').selectOption({ label: 'Minor' });
  await card.getByLabel('code').check();
  await submit.click();
  await chat.heard((message) => message.type === 'request' && message.method === 'session/answer');
  assert.deepEqual(answers(chat), [
    { kind: 'values', values: { draft: true, name: 'first', count: 3, kind: 'b', parts: ['code'] } },
  ]);
  assert.deepEqual(chat.problems, []);
});

test('what was filled in is there again on a page that begins anew, until it is answered (U3, W1)', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session, width: 480, height: 1200 });
  const asked = session.ask(form);
  session.ask({
    ...{ kind: 'question', title: 'Which way?' },
    questions: [{ questionId: 'q', text: 'Which way?', options: [], multiSelect: false, freeText: true }],
  });
  const card = chat.page.locator('.ask-card').first();
  await card.getByLabel('Name').fill('first');
  await card.getByLabel('code').check();
  await chat.page.getByRole('textbox', { name: 'Which way?' }).fill('the long one');
  await chat.reload();
  await chat.page.waitForFunction(
    () => document.querySelector<HTMLInputElement>('.ask-card input')?.value === 'first',
  );
  assert.equal(await card.getByLabel('code').isChecked(), true);
  assert.equal(await chat.page.getByRole('textbox', { name: 'Which way?' }).inputValue(), 'the long one');
  asked.settle({ outcome: 'answered', answer: { kind: 'dismiss' } });
  await chat.page.waitForFunction(() => {
    const kept = sessionStorage.getItem('page state') ?? '';
    return kept.includes('the long one') && !kept.includes('"first"');
  });
});

test('declining and cancelling a form are two answers [A4]', async () => {
  for (const [name, kind] of [
    ['Decline', 'reject'],
    ['Cancel', 'dismiss'],
  ] as const) {
    const session = new FakeSession().prompt('go');
    await using chat = await openChatPage({ session, height: 1000, answer: () => ({}) });
    session.ask(form);
    await chat.page.locator('.ask-card').getByRole('button', { name, exact: true }).click();
    await chat.heard((message) => message.type === 'request' && message.method === 'session/answer');
    assert.deepEqual(answers(chat), [{ kind }]);
  }
});

test('an address shows its host, and one that is not of the web cannot be opened [S2, W1]', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session });
  session.ask({
    kind: 'url',
    title: 'Sign in',
    url: 'https://user@example.com.evil.test/login?to=example.com',
  });
  await chat.page.locator('.ask-card strong', { hasText: 'example.com.evil.test' }).waitFor();
  session.ask({ kind: 'url', title: 'Odd', url: 'javascript:alert(1)' });
  await chat.page.getByText('This is no address of the web').waitFor();
  const odd = chat.page.getByRole('group', { name: 'The agent asks: Odd' });
  await odd.locator('.button:enabled').first().waitFor();
  assert.equal(await odd.getByRole('button', { name: 'Open in Browser' }).isDisabled(), true);
});

test('a permission is answered by a digit, y or n, but never by what is typed into a field [U3, U6]', async () => {
  const options = [
    { optionId: 'always', name: 'Always', kind: 'allow_always' },
    { optionId: 'once', name: 'Once', kind: 'allow_once' },
    { optionId: 'no', name: 'No', kind: 'reject_once' },
  ];
  for (const [key, optionId] of [
    ['1', 'always'],
    ['y', 'once'],
    ['n', 'no'],
  ] as const) {
    const session = new FakeSession().prompt('go');
    await using chat = await openChatPage({ session, answer: () => ({}) });
    session.ask({ kind: 'permission', title: 'Do it?', options });
    await chat.page.locator('.ask-card .button:enabled').first().waitFor();
    await chat.page.getByRole('textbox', { name: 'Prompt' }).focus();
    await chat.page.keyboard.type('1yn');
    assert.deepEqual(answers(chat), []);
    await chat.page.locator('.transcript').focus();
    await chat.page.keyboard.press(key);
    await chat.heard((message) => message.type === 'request' && message.method === 'session/answer');
    assert.deepEqual(answers(chat), [{ kind: 'option', optionId }]);
  }
});

test('while a permission is asked for, the line of its tool call only leads to the card, for every reader [U3, U6]', async () => {
  const session = new FakeSession().prompt('go');
  const toolCallId = newToolCallId();
  session.emit('toolCall.started', {
    ...{ toolCallId, title: 'Run `rm -rf build`', kind: 'execute', status: 'pending' },
    locations: [{ path: '/home/ada/tides/build' }],
  });
  await using chat = await openChatPage({ session, width: 480 });
  const line = chat.page.locator('.tool-card .card-line');
  await line.getByText('Run rm -rf build').waitFor();
  const { settle } = session.ask({
    ...{ kind: 'permission', title: 'Run `rm -rf build`', toolCallId },
    options: [{ optionId: 'once', name: 'Allow once', kind: 'allow_once' }],
  });
  await line.getByText('Waits for your answer below').waitFor();
  assert.equal((await line.innerText()).trim(), 'Waits for your answer below');
  assert.equal(await chat.page.locator('.transcript').getByText('rm -rf build').count(), 1);
  assert.equal(await chat.page.getByLabel('Tool call: Run').count(), 0);
  settle({ outcome: 'answered', answer: { kind: 'option', optionId: 'once' } });
  await line.getByText('Run rm -rf build').waitFor();
  await chat.page.getByLabel('Tool call: Run').waitFor();
  assert.deepEqual(chat.problems, []);
});

test('a choice that replaces what a person wrote carries a warning, and no other does [A4]', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session, width: 480 });
  session.ask({
    ...{ kind: 'permission', title: 'Write notes.md?' },
    options: [
      { optionId: 'keep', name: 'Keep mine', kind: 'reject_once' },
      { optionId: 'overwrite', name: 'Overwrite my edits', kind: 'overwrite' },
    ],
  });
  await chat.page.getByRole('button', { name: 'Overwrite my edits' }).locator('.codicon-warning').waitFor();
  assert.equal(await chat.page.locator('.ask-options .codicon-warning').count(), 1);
});
