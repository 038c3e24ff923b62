import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { InteractionId } from '../../src/protocol/ids.ts';
import type { Interaction } from '../../src/protocol/interaction.ts';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

type Question = Extract<Interaction, { kind: 'question' }>;

/** A connection with an agent that wants to be signed in to, and a session of it that waits for that. */
async function waiting(t: TestContext, env: Record<string, string> = {}) {
  const { connect, home, work } = testHome(t);
  const file = path.join(work, 'signed-in');
  const agents = { tidal: { ...fakeAgent('signsIn', { FAKE_SIGNED_IN: file, ...env }), name: 'Tidal' } };
  const connection = await connect({ agents });
  const open = async () => {
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd: work, agent: 'tidal', onEvent: recorder.onEvent });
    return { recorder, session };
  };
  const { recorder, session } = await open();
  /** The card that is open, from the `nth` on. */
  const card = async (nth = 1, on = recorder) => {
    await on.until('a card', () => on.all('interaction.opened').length >= nth);
    const opened = on.all('interaction.opened')[nth - 1];
    assert.ok(opened?.interaction.kind === 'question');
    return { interactionId: opened.interactionId, asked: opened.interaction };
  };
  const choose = (interactionId: InteractionId, method: string): Promise<void> =>
    session.answer(interactionId, { kind: 'values', values: { method } }).then(() => undefined);
  const log = (): string[] => readFileSync(`${file}.log`, 'utf8').trim().split('\n');
  const state = async () => {
    const { agents: list } = await connection.request('agent/list', {});
    return list.find(({ id }) => id === 'tidal');
  };
  return {
    ...{ connection, session, recorder, card, choose, log, state, file, home, work, open, connect, agents },
  };
}

const labels = (asked: Question): (string | undefined)[] =>
  asked.questions[0]?.options.map(({ label }) => label) ?? [];

test('an agent that needs a sign-in shows one card; the way that is chosen is gone, and the prompt goes on once (A7)', async (t) => {
  const { session, recorder, card, choose, log, state } = await waiting(t);
  const { interactionId, asked } = await card();
  assert.equal(asked.title, 'Sign in to Tidal');
  assert.deepEqual(labels(asked), ['In the browser', 'By carrier pigeon', 'In a terminal', 'With a key']);
  assert.match(
    asked.questions[0]?.options[2]?.description ?? '',
    /Run `.*signsIn\.mjs --login` in a terminal/u,
  );
  assert.equal(asked.signIn?.agent, 'tidal');
  assert.deepEqual([(await state())?.signIn, session.head.attention], ['required', 'needsYou']);
  const turn = await session.prompt('first things first');
  await choose(interactionId, 'browser');
  assert.equal((await turn.ended).outcome, 'completed');
  assert.equal(recorder.agentText, 'first things first');
  assert.deepEqual(log(), [
    'session/new',
    'authenticate browser',
    'session/new',
    'prompt first things first',
  ]);
  assert.equal((await state())?.signIn, 'signedIn');
  assert.equal(recorder.all('interaction.opened').length, 1);
});

test('a sign-in that expires in mid-session is one card, and the prompt goes on after it (A7)', async (t) => {
  const { session, recorder, card, choose, log } = await waiting(t);
  await choose((await card()).interactionId, 'browser');
  assert.equal((await (await session.prompt('expire')).ended).outcome, 'completed');
  const turn = await session.prompt('not lost');
  const second = await card(2);
  assert.equal(session.head.phase, 'waiting');
  await choose(second.interactionId, 'browser');
  assert.equal((await turn.ended).outcome, 'completed');
  assert.deepEqual(log().slice(-3), ['prompt not lost', 'authenticate browser', 'prompt not lost']);
  assert.equal(recorder.all('message.started').filter(({ role }) => role === 'user').length, 2);
});

test('a way that fails is told of on the card, and another one can be chosen (A7)', async (t) => {
  const { card, choose, session } = await waiting(t);
  await choose((await card()).interactionId, 'broken');
  const again = await card(2);
  assert.match(
    again.asked.questions[0]?.text ?? '',
    /That did not work: Tidal: The pigeon did not come back/u,
  );
  await choose(again.interactionId, 'key');
  const third = await card(3);
  assert.match(
    third.asked.questions[0]?.text ?? '',
    /needs values for TIDE_WORD.*holdfast agents login tidal key/u,
  );
  await choose(third.interactionId, 'browser');
  assert.equal((await (await session.prompt('here')).ended).outcome, 'completed');
});

test('a card that is dismissed fails the prompt with what helps, and the next prompt asks again (A7)', async (t) => {
  const { card, session, choose, recorder } = await waiting(t);
  const turn = await session.prompt('hello');
  await session.answer((await card()).interactionId, { kind: 'dismiss' });
  const end = await turn.ended;
  assert.deepEqual([end.outcome, end.failure?.kind], ['failed', 'signInRequired']);
  assert.match(end.failure?.message ?? '', /Tidal needs you to sign in first: Please sign in/u);
  const next = await session.prompt('hello again');
  await choose((await card(2)).interactionId, 'browser');
  assert.equal((await next.ended).outcome, 'completed');
  assert.equal(recorder.agentText, 'hello again');
});

test('cancel works while a sign-in is waited for, and takes its card away (A7, T3)', async (t) => {
  const { card, choose, session } = await waiting(t);
  await choose((await card()).interactionId, 'browser');
  await (
    await session.prompt('expire')
  ).ended;
  const turn = await session.prompt('never mind');
  await card(2);
  await session.cancel(turn.turnId);
  assert.equal((await turn.ended).outcome, 'cancelled');
  assert.deepEqual(session.head.interactions, []);
});

test('signing in from a list of agents lets every session that waits go on (A7)', async (t) => {
  const { connection, card, open, session, recorder } = await waiting(t);
  const other = await open();
  await Promise.all([card(), card(1, other.recorder)]);
  const turns = await Promise.all([session.prompt('one'), other.session.prompt('two')]);
  const { state, methods } = await connection.request('agent/authenticate', { agent: 'tidal' });
  assert.deepEqual(
    [state, methods.map(({ kind }) => kind)],
    ['choose', ['agent', 'agent', 'terminal', 'environment']],
  );
  await assert.rejects(connection.request('agent/authenticate', { agent: 'tidal', methodId: 'tea leaves' }), {
    kind: 'signInFailed',
    message: /has no way “tea leaves” to sign in\. It has: browser, broken, tui, key/u,
  });
  await connection.request('agent/authenticate', { agent: 'tidal', methodId: 'browser' });
  for (const turn of turns) assert.equal((await turn.ended).outcome, 'completed');
  for (const each of [recorder, other.recorder])
    assert.deepEqual(
      each.all('interaction.settled').map(({ settlement }) => settlement),
      [{ outcome: 'answered', answer: { kind: 'accept' } }],
      'the cards say that it was done, not that the agent did not want it any more',
    );
});

test('a sign-in in a terminal runs the agent’s own command, and a new process goes on (A7)', async (t) => {
  const { connection, card, session, recorder, file } = await waiting(t);
  await card();
  const turn = await session.prompt('after the terminal');
  const request = { agent: 'tidal', methodId: 'tui' };
  const { state, terminal } = await connection.request('agent/authenticate', request);
  assert.equal(state, 'terminal');
  assert.ok(terminal !== undefined);
  const run = spawnSync(terminal.command, terminal.args, { env: { ...process.env, ...terminal.env } });
  assert.deepEqual([run.status, existsSync(file)], [0, true]);
  await connection.request('agent/authenticate', { ...request, done: true });
  assert.equal((await turn.ended).outcome, 'completed');
  assert.equal(recorder.agentText, 'after the terminal');
});

test('values for a sign-in start the agent anew, are seen nowhere, and a wrong one is not kept (A7, C5)', async (t) => {
  const { connection, card, session, recorder, state: known } = await waiting(t);
  await card();
  const turn = await session.prompt('with right-token-4711');
  const request = { agent: 'tidal', methodId: 'key' };
  await assert.rejects(connection.request('agent/authenticate', request), { message: /TIDE_WORD/u });
  const wrong = { ...request, env: { TIDE_WORD: 'wrong-token-0815' } };
  await assert.rejects(connection.request('agent/authenticate', wrong), {
    kind: 'signInFailed',
    message: /There is no such word as (?!.*wrong-token-0815)/u,
  });
  assert.doesNotMatch(JSON.stringify(await known()), /wrong-token-0815/u);
  assert.equal(session.head.phase, 'waiting');
  const { state } = await connection.request('agent/authenticate', {
    ...request,
    env: { TIDE_WORD: 'right-token-4711', OTHER: 'not asked for' },
  });
  assert.equal(state, 'signedIn');
  assert.equal((await turn.ended).outcome, 'completed');
  assert.doesNotMatch(recorder.agentText, /right-token-4711/u);
});

test('after a logout the next session is asked to sign in again; where there is none, that is said (A7)', async (t) => {
  const { connection, card, choose, state, open } = await waiting(t);
  await choose((await card()).interactionId, 'browser');
  await connection.request('agent/logout', { agent: 'tidal' });
  assert.equal((await state())?.signIn, 'required');
  const other = await open();
  await card(1, other.recorder);
  const poor = await waiting(t, { FAKE_LOGOUT: 'no' });
  await assert.rejects(poor.connection.request('agent/logout', { agent: 'tidal' }), {
    kind: 'unsupported',
    message: /Tidal offers no way to sign out from here/u,
  });
});

test('login and logout in the terminal: named, in place, or with values from the environment (A7)', async (t) => {
  const { home, work, agents, session, card } = await waiting(t);
  await card();
  writeFileSync(path.join(home, 'agents.json'), JSON.stringify({ agents }));
  const holdfast = (args: readonly string[], env: Record<string, string> = {}) =>
    new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const options = { cwd: work, env: { ...process.env, HOLDFAST_HOME: home, ...env } };
      const child = spawn(process.execPath, [cli, 'agents', ...args], {
        ...options,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('close', (code) => resolve({ code, stderr }));
    });
  const several = await holdfast(['login', 'tidal']);
  assert.equal(several.code, 2);
  assert.match(several.stderr, /several ways.*\n {2}1 {2}In the browser \(browser\): Opens a page\./u);
  assert.equal((await holdfast(['login', 'tidal', 'tea'])).code, 2);
  const broken = await holdfast(['login', 'tidal', 'broken']);
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /The pigeon did not come back/u);
  assert.match((await holdfast(['login', 'tidal', 'key'])).stderr, /TIDE_WORD is not set/u);
  const turn = await session.prompt('from the terminal');
  assert.match((await holdfast(['login', 'tidal', 'tui'])).stderr, /signed in to tidal/u);
  assert.equal((await turn.ended).outcome, 'completed');
  assert.equal((await holdfast(['logout', 'tidal'])).code, 0);
  assert.equal((await holdfast(['login', 'tidal', 'key'], { TIDE_WORD: 'right-token-4711' })).code, 0);
  assert.match((await holdfast(['login', 'shell'])).stderr, /asks for no sign-in/u);
});
