import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

test('an agent of ACP 2 that needs a sign-in is signed in to and out of by its own requests, and the prompt goes on (A1, A7)', async (t) => {
  const { connect, work } = testHome(t);
  const file = path.join(work, 'asked');
  const connection = await connect({ agents: { second: fakeAgent('signsInV2', { FAKE_LOG: file }) } });
  const open = async () => {
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd: work, agent: 'second', onEvent: recorder.onEvent });
    return { recorder, session };
  };
  const { recorder, session } = await open();
  const turn = await session.prompt('first things first');
  const choose = async (nth: number, method: string): Promise<string> => {
    await recorder.until('a card', () => recorder.all('interaction.opened').length >= nth);
    const opened = recorder.all('interaction.opened')[nth - 1];
    assert.ok(opened?.interaction.kind === 'question');
    await session.answer(opened.interactionId, { kind: 'values', values: { method } });
    return opened.interaction.questions[0]?.text ?? '';
  };
  await choose(1, 'broken');
  assert.match(await choose(2, 'browser'), /The pigeon did not come back/u);
  assert.equal((await turn.ended).outcome, 'completed');
  assert.equal(recorder.agentText, 'first things first');
  assert.deepEqual(readFileSync(file, 'utf8').trim().split('\n'), [
    'session/new',
    'auth/login broken',
    'auth/login browser',
    'session/new',
  ]);
  await connection.request('agent/logout', { agent: 'second' });
  assert.match(readFileSync(file, 'utf8'), /auth\/logout\n$/u);
  const other = await open();
  await other.recorder.next('interaction.opened');
});
