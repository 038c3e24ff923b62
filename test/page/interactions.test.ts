import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import type { Interaction } from '../../src/protocol/interaction.ts';
import type { RulePreview } from '../../src/protocol/permission.ts';
import { ruleText } from '../../src/protocol/ruleText.ts';
import { closeBrowser, openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

const permission: Interaction = {
  kind: 'permission',
  title: 'Run npm test?',
  options: [
    { optionId: 'yes', name: 'Allow once', kind: 'allow_once' },
    { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
    { optionId: 'no', name: 'Reject', kind: 'reject_once' },
  ],
};

/** Writes down from now on, by the page's own clock, when a button appears and when it can be pressed. */
async function watchButton(
  { page }: ChatPage,
  name: RegExp,
): Promise<() => Promise<{ readonly enabled: boolean; readonly at: number }[]>> {
  await page.evaluate((pattern) => {
    const seen: { enabled: boolean; at: number }[] = [];
    new MutationObserver(() => {
      const button = [...document.querySelectorAll('button')].find((each) => pattern.test(each.textContent));
      if (button === undefined || seen.at(-1)?.enabled === !button.disabled) return;
      seen.push({ enabled: !button.disabled, at: performance.now() });
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
    Object.assign(window, { seen });
  }, name);
  return () => page.evaluate(() => (window as unknown as { seen: { enabled: boolean; at: number }[] }).seen);
}

test('a permission card takes no answer in its first half second, and then exactly one', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session });
  const usable = await watchButton(chat, /^Allow once/);
  const { interactionId, settle } = session.ask(permission);
  const allow = chat.page.getByRole('button', { name: 'Allow once' });
  await allow.waitFor();
  assert.equal(
    chat.said.some(({ type }) => type === 'request'),
    false,
  );
  for (const name of ['Always allow', 'Reject']) await chat.page.getByRole('button', { name }).waitFor();
  await allow.click();
  const [first, second] = await usable();
  assert.deepEqual([first?.enabled, second?.enabled], [false, true]);
  const after = (second?.at ?? 0) - (first?.at ?? 0);
  assert.ok(after >= 490, `it became usable after ${after} ms`);
  const request = await chat.heard(
    (message) => message.type === 'request' && message.method === 'session/answer',
  );
  assert.deepEqual(request.type === 'request' && request.params, {
    interactionId,
    answer: { kind: 'option', optionId: 'yes' },
  });
  settle(
    { outcome: 'answered', answer: { kind: 'option', optionId: 'yes' } },
    { client: 'other', name: 'a terminal' },
  );
  await chat.page.getByText('Allow once — by a terminal').waitFor();
  assert.equal(await allow.count(), 0);
});

test('a permission card shows word for word the rule that its answer saves, and saves none unasked (W5)', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session });
  const rule: RulePreview['rule'] = {
    ...{ agent: 'claude', toolKind: 'execute', pattern: 'npm test', match: 'exact' },
    ...{ scope: 'session', decision: 'allow' },
  };
  const preview = { optionId: 'yes', rule, text: ruleText(rule) };
  const answered = async (interactionId: string): Promise<unknown> => {
    const request = await chat.heard(
      (message) =>
        message.type === 'request' &&
        message.method === 'session/answer' &&
        (message.params as { interactionId: string }).interactionId === interactionId,
    );
    return request.type === 'request' ? request.params : undefined;
  };
  const answer = { kind: 'option', optionId: 'yes' };
  for (const saves of [false, true]) {
    const { interactionId, settle } = session.ask(permission, [preview]);
    const choice = chat.page.getByRole('combobox', { name: 'Next time' });
    await choice.waitFor();
    assert.deepEqual(await choice.locator('option').allInnerTexts(), ['Ask again', 'Allow in this session']);
    if (saves) await choice.selectOption('Allow in this session');
    const told = chat.page.getByText(`The rule: ${preview.text}`);
    assert.equal(await told.count(), saves ? 1 : 0);
    // What saves a rule says so: “once” would be said of what is not.
    const button = saves ? 'Allow and Save Rule' : 'Allow once';
    assert.match(
      (await chat.page.locator('.ask-options .button:not(.secondary)').innerText()) ?? '',
      new RegExp(`^${button}`),
    );
    await chat.page.getByRole('button', { name: button }).click();
    assert.deepEqual(await answered(interactionId), {
      ...{ interactionId, answer },
      ...(saves && { saveRule: rule }),
    });
    settle(
      { outcome: 'answered', answer: { kind: 'option', optionId: 'yes' } },
      { client: 'a window', name: 'the editor' },
    );
    await choice.waitFor({ state: 'detached' });
  }
  assert.deepEqual(await chat.page.locator('.settlement').allInnerTexts(), ['Allow once', 'Allow once']);
});

test('typing ahead into the composer never answers a permission', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await composer.pressSequentially('and the');
  session.ask(permission);
  await chat.page.getByRole('button', { name: 'Allow once' }).waitFor();
  await chat.page.keyboard.type('n what');
  await chat.page.keyboard.press('Enter');
  const request = await chat.heard(({ type }) => type === 'request');
  assert.equal(request.type === 'request' && request.method, 'session/prompt');
});

test('an answer that is refused says why, and the card can be used again', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({
    session,
    answer: () => {
      throw new Error('the agent is gone');
    },
  });
  session.ask(permission);
  await chat.page.getByRole('button', { name: 'Reject' }).click();
  await chat.page.getByText('the agent is gone').waitFor();
  assert.equal(await chat.page.getByRole('button', { name: 'Reject' }).isEnabled(), true);
});

test('a question takes options, several where allowed, and free text', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session });
  session.ask({
    kind: 'question',
    title: 'How should it look?',
    questions: [
      {
        questionId: 'colour',
        text: 'Which colour?',
        options: [
          { optionId: 'b', label: 'Blue' },
          { optionId: 'g', label: 'Green' },
        ],
        multiSelect: false,
        freeText: false,
      },
      {
        questionId: 'parts',
        text: 'Which parts?',
        options: [
          { optionId: 'h', label: 'Header' },
          { optionId: 'f', label: 'Footer' },
        ],
        multiSelect: true,
        freeText: true,
      },
    ],
  });
  await chat.page.getByRole('radio', { name: 'Green' }).check();
  assert.equal(
    await chat.page.getByRole('button', { name: 'Answer', exact: true }).isDisabled(),
    true,
    'not every question is answered',
  );
  await chat.page.getByRole('checkbox', { name: 'Header' }).check();
  await chat.page.getByRole('checkbox', { name: 'Footer' }).check();
  await chat.page.getByRole('textbox', { name: 'Which parts?' }).fill('Sidebar');
  await chat.page.getByRole('button', { name: 'Answer', exact: true }).click();
  const request = await chat.heard(({ type }) => type === 'request');
  assert.ok(request.type === 'request');
  assert.deepEqual(request.params['answer'], {
    kind: 'values',
    values: { colour: 'g', parts: ['h', 'f', 'Sidebar'] },
  });
});

test('one open text question is answered by the composer, which says so and offers to send a prompt instead', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session });
  const { interactionId } = session.ask({
    kind: 'question',
    title: 'A name, please',
    questions: [
      {
        questionId: 'name',
        text: 'What should the branch be called?',
        options: [],
        multiSelect: false,
        freeText: true,
      },
    ],
  });
  await chat.page.getByText('Answers: What should the branch be called?').waitFor();
  await chat.page.getByRole('textbox', { name: 'Answer', exact: true }).fill('fix-tides');
  await chat.page.keyboard.press('Enter');
  const answer = await chat.heard(({ type }) => type === 'request');
  assert.deepEqual(answer.type === 'request' && [answer.method, answer.params], [
    'session/answer',
    { interactionId, answer: { kind: 'values', values: { name: 'fix-tides' } } },
  ]);
  await chat.page.getByRole('button', { name: 'Send as prompt instead' }).click();
  await chat.page.getByRole('textbox', { name: 'Prompt' }).fill('something else');
  await chat.page.keyboard.press('Enter');
  await chat.heard((message) => message.type === 'request' && message.method === 'session/prompt');
});
