import assert from 'node:assert/strict';
import { after, test } from 'node:test';

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
