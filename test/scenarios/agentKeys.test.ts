import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { HoldfastError } from '../../src/protocol/errors.ts';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

const KEY = 'key-4f9c2e71-nobody-may-see';
const ARGUMENT = 'arg-93d1-nobody-may-see';

/** A connection with an agent that tells everyone what it was given, and what is kept of that. */
async function telling(t: TestContext, env: Record<string, string> = {}) {
  const { connect, home, work } = testHome(t);
  const say = path.join(work, 'say');
  const agent = fakeAgent('tellsKeys', { KEYS_OF: 'API_KEY,SIGN_IN,TIDE,HARBOUR', FAKE_SAY: say, ...env });
  const args = [...agent.args, `--token=${ARGUMENT}`];
  const connection = await connect({ agents: { teller: { ...agent, args, name: 'Teller' } } });
  /** What is kept of its stderr, as soon as it has told of something so many times. */
  const kept = async (what: string, times = 1): Promise<string> => {
    for (;;) {
      const { text } = await connection.request('agent/log', { agent: 'teller', maxBytes: 100_000 });
      if (text.split(`told ${what}\n`).length > times) return text;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const runtimeLog = () => readFileSync(path.join(home, 'logs', 'runtime.log'), 'utf8');
  return { connection, work, say, kept, runtimeLog };
}

function hides(text: string, ...secrets: string[]): void {
  assert.ok(text.includes('[redacted]'), text);
  for (const secret of secrets) assert.ok(!text.includes(secret), text);
}

test('the values that a person signs in with stand in no log while there is no session, nor do those of the definition (A7, C5)', async (t) => {
  const { connection, kept, runtimeLog } = await telling(t, { API_KEY: KEY });
  const signIn = (word: string) =>
    connection.request('agent/authenticate', { agent: 'teller', methodId: 'key', env: { SIGN_IN: word } });
  await assert.rejects(signIn('a word that is wrong'), { message: /\[redacted\] is not right/u });
  const { agents } = await connection.request('agent/list', {});
  hides(agents.find(({ id }) => id === 'teller')?.lastError ?? '', 'a word that is wrong');
  await signIn('a word that is right');
  const words = ['a word that is wrong', 'a word that is right'];
  hides(await kept('authenticate', 2), KEY, KEY.slice(7), ARGUMENT, ...words);
  hides(runtimeLog(), KEY, ...words);
  const { sessions } = await connection.request('agent/sessions', { agent: 'teller' });
  assert.deepEqual(sessions[0]?.title, 'of a person', 'who is signed in is asked for the conversations');
  hides(await kept('session/list'), 'a word that is right');
});

test('an agent that is asked for its conversations tells no log its keys, and its death tells them to nobody (A2, C5)', async (t) => {
  const { connection, kept } = await telling(t, { API_KEY: KEY, FAKE_CRASH: 'yes' });
  await assert.rejects(connection.request('agent/sessions', { agent: 'teller' }), (error) => {
    assert.ok(error instanceof HoldfastError);
    hides(JSON.stringify([error.message, error.details]), KEY);
    return true;
  });
  hides(await kept('session/list'), KEY);
});

test('an agent’s process that outlives its session keeps to itself what that session gave it (C5, P2)', async (t) => {
  const { connection, kept, work, say, runtimeLog } = await telling(t);
  const recorder = new Recorder();
  const session = await connection.openSession({
    cwd: work,
    agent: 'teller',
    env: { API_KEY: KEY, TIDE: 'low-at-4711-sharp', HARBOUR: 'quiet-water' },
    secrets: ['HARBOUR'],
    onEvent: recorder.onEvent,
  });
  await recorder.until('the agent is there', () => recorder.all('agent.started').length > 0);
  await connection.request('session/delete', { sessionId: session.id, force: true });
  writeFileSync(say, '');
  const text = await kept('file');
  assert.ok(text.includes('told session/close'));
  hides(text, KEY, 'low-at-4711-sharp', 'quiet-water');
  hides(runtimeLog(), KEY);
});

test('a value that is called secret only later is one for the rest of the process’s life (C5)', async (t) => {
  const { connection, kept, work, say } = await telling(t, { HARBOUR: 'quiet' });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'teller', onEvent: recorder.onEvent });
  await recorder.until('the agent is there', () => recorder.all('agent.started').length > 0);
  await connection.request('session/resume', { sessionId: session.id, secrets: ['HARBOUR'] });
  const before = (await kept('session/new')).length;
  await connection.request('session/delete', { sessionId: session.id, force: true });
  writeFileSync(say, '');
  hides((await kept('file')).slice(before), 'quiet');
});
