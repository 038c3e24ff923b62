import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import type { FromPage } from '../../src/protocol/page.ts';
import { closeBrowser, openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';
import { axeFindings } from './support/axe.ts';

after(closeBrowser);

const ways = (chat: ChatPage) => chat.page.getByRole('group', { name: 'What helps' });
const way = (chat: ChatPage, name: string) => ways(chat).getByRole('button', { name });
const isPrompt = (message: FromPage): boolean =>
  message.type === 'request' && message.method === 'session/prompt';

/** A session whose last turn failed. */
function failed(kind: string, message = 'It went wrong.'): FakeSession {
  return new FakeSession().prompt('Fix the tides').endTurn('failed', { failure: { kind, message } });
}

test('a failed turn is sent again as it was, and its ways out are gone as soon as another turn runs [U3]', async () => {
  const session = failed('agentFailed', 'Claude Code failed: overloaded');
  await using chat = await openChatPage({ session });
  await chat.page.getByText('Claude Code failed: overloaded').waitFor();
  await way(chat, 'Retry').click();
  const sent = await chat.heard(isPrompt);
  assert.deepEqual(sent.type === 'request' && sent.params, {
    content: [{ type: 'text', text: 'Fix the tides' }],
  });
  session.prompt('Fix the tides');
  await ways(chat).waitFor({ state: 'detached' });
  session.endTurn('completed');
  await chat.page.getByText(/^Completed/).waitFor();
  assert.equal(await ways(chat).count(), 0, 'an earlier failure stays without them');
});

test('a retry sends the commands and the check of the turn along, and one that held values is only put into the composer [U3]', async () => {
  const session = new FakeSession();
  const plan = {
    before: [{ command: 'npm ci' }],
    after: [{ command: 'npm run lint' }],
    until: { command: 'npm test', max: 3 },
  };
  session
    .prompt('Fix the tides', plan)
    .endTurn('failed', { failure: { kind: 'timedOut', message: 'Too late.' } });
  await using chat = await openChatPage({ session });
  await way(chat, 'Retry').click();
  const sent = await chat.heard(isPrompt);
  assert.deepEqual(sent.type === 'request' && sent.params, {
    content: [{ type: 'text', text: 'Fix the tides' }],
    ...plan,
  });
  chat.forget();
  session
    .prompt('Once more', { before: [{ command: 'login', envNames: ['TOKEN'] }] })
    .endTurn('failed', { failure: { kind: 'timedOut', message: 'Too late.' } });
  await way(chat, 'Retry').click();
  await chat.page.getByText('It held values that are not kept.').waitFor();
  assert.equal(await chat.page.getByRole('textbox', { name: 'Prompt' }).inputValue(), 'Once more');
  assert.equal(chat.said.some(isPrompt), false);
});

test('a prompt that lies before what is loaded is found, and a command is run again in its directory [U3]', async () => {
  const session = new FakeSession().prompt('The long one');
  for (let index = 0; index < 100; index++) session.say(`Line ${index}`);
  session.endTurn('failed', { failure: { kind: 'badAnswer', message: 'No answer.' } });
  await using chat = await openChatPage({ session, tail: 10 });
  await way(chat, 'Retry').press('Enter');
  const sent = await chat.heard(isPrompt);
  assert.deepEqual(sent.type === 'request' && sent.params['content'], [
    { type: 'text', text: 'The long one' },
  ]);
  session.beginCommandTurn();
  session.command('npm test').end(1);
  session.endTurn('failed', { failure: { kind: 'commandFailed', message: 'npm test: exit code 1' } });
  await way(chat, 'Retry').click();
  const run = await chat.heard(
    (message) => message.type === 'request' && message.method === 'session/command',
  );
  assert.deepEqual(run.type === 'request' && run.params, { command: 'npm test', cwd: '/home/ada/tides' });
});

for (const [kind, label, action] of [
  ['agentFailed', 'Restart Agent', 'restartAgent'],
  ['signInRequired', 'Sign In…', 'signInAgent'],
  ['agentNotInstalled', 'Manage Agents…', 'manageAgents'],
  ['internalError', 'Show Log', 'showLog'],
  ['cwdUnusable', 'Run Doctor', 'doctor'],
] as const) {
  test(`a turn that failed with ${kind} offers “${label}”, by keyboard as well [U3, U6]`, async () => {
    await using chat = await openChatPage({ session: failed(kind) });
    await way(chat, label).focus();
    await chat.screenshot(`ways-out-${kind}`);
    await chat.page.keyboard.press('Enter');
    await chat.heard((message) => message.type === 'action' && message.action === action);
    assert.deepEqual(await axeFindings(chat.page), []);
  });
}

test('an agent that did not start says what helps in the row that tells of it, until it is back [U3]', async () => {
  const session = new FakeSession();
  session.emit('session.detached', {
    reason: 'Claude Code is not installed.',
    failure: { kind: 'agentNotInstalled', message: 'Claude Code is not installed.' },
  });
  await using chat = await openChatPage({ session });
  await way(chat, 'Manage Agents…').click();
  await chat.heard((message) => message.type === 'action' && message.action === 'manageAgents');
  session.emit('agent.started', { processId: 'process-2' as never, agentSessionId: 'a1', how: 'new' });
  await ways(chat).waitFor({ state: 'detached' });
});

test('a window that may only read is offered nothing [U3, S1]', async () => {
  const connection = { state: 'restricted', isReading: true } as const;
  await using chat = await openChatPage({ session: failed('agentFailed'), connection });
  await chat.page.getByText('It went wrong.').waitFor();
  await chat.page.waitForFunction(() => 'holdfastLater' in window);
  assert.equal(await ways(chat).count(), 0);
  assert.equal(await chat.page.getByRole('button', { name: 'Edit and send again' }).count(), 0);
});

test('a sign-in that was done elsewhere says so on its card [U3, A7]', async () => {
  const session = new FakeSession().prompt('go');
  const { settle } = session.ask({
    kind: 'question',
    title: 'Sign in to Tidal',
    questions: [{ questionId: 'method', text: 'How?', options: [], multiSelect: false, freeText: true }],
    signIn: { agent: 'tidal', methods: [] },
  });
  await using chat = await openChatPage({ session });
  settle({ outcome: 'answered', answer: { kind: 'accept' } });
  await chat.page.getByText('Signed in', { exact: true }).waitFor();
});

test('why an agent did not start is said once, though its session and its turn both tell of it [U3]', async () => {
  const failure = { kind: 'agentStartFailed', message: 'The command `tide-agent` was not found.' };
  const session = new FakeSession().prompt('Fix the tides');
  session.emit('session.detached', { reason: failure.message, failure });
  session.endTurn('failed', { failure });
  await using chat = await openChatPage({ session });
  await way(chat, 'Retry').waitFor();
  assert.equal(await chat.page.locator('.transcript').getByText('was not found').count(), 1);
  // Another reason is news, whatever stands above it.
  const other = { ...failure, message: 'It lost its way.' };
  session.prompt('Again').endTurn('failed', { failure: other });
  await chat.page.locator('.problem', { hasText: 'It lost its way.' }).waitFor();
});

test('an agent that is gone in a turn is told of once, in the turn, with what it wrote and what helps [U3]', async () => {
  const session = new FakeSession().prompt('Fix the tides');
  const message = 'Claude Code exited with code 1: no tides here. The next prompt starts it again.';
  const crash = (stderrTail: string): void => {
    const failure = { kind: 'agentFailed', message, exitCode: 1, signal: null, stderrTail };
    session.endTurn('failed', { failure });
    session.emit('agent.exited', { processId: 'process-1' as never, exitCode: 1, signal: null, stderrTail });
    session.emit('session.detached', { reason: message, failure });
  };
  await using chat = await openChatPage({ session });
  crash('no tides here\n');
  for (const _ of ['live', 'loaded']) {
    await way(chat, 'Restart Agent').waitFor();
    assert.equal(await chat.page.locator('.transcript').getByText('no tides here').count(), 1);
    await chat.reload();
  }
  session.prompt('Again');
  crash('tide: reading\ntide: no tides here\n');
  await chat.page.getByText('tide: reading').waitFor();
  assert.equal(await chat.page.locator('.section').last().getByText('exited with code 1').count(), 1);
  assert.equal(await chat.page.locator('.transcript').getByText('exited with code 1').count(), 2);
});
