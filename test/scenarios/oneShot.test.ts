import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeAgent, testHome } from '../support/testHome.ts';
import { isHoldfastError } from '../../src/client/index.ts';

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, tides: { type: 'integer', minimum: 0 } },
  required: ['city', 'tides'],
  additionalProperties: false,
};
const right = '{"city": "Brest", "tides": 2}';
const wrong = '{"city": "Brest", "tides": -1, "moon": true}';

const answering = (...answers: string[]) => ({
  answering: fakeAgent('answering', { FAKE_ANSWERS: JSON.stringify(answers) }),
});

test('a query comes back as data that fits its schema, whole or in a fenced block; its session has ended (C6)', async (t) => {
  const { connect, work } = testHome(t);
  const agents = answering(`Here it is:\n\n\`\`\`json\n${right}\n\`\`\`\nThat is all.`);
  const connection = await connect({ agents });
  const { data, sessionId } = await connection.query<{ city: string }>('how many tides?', {
    cwd: work,
    agent: 'answering',
    schema,
  });
  assert.deepEqual(data, { city: 'Brest', tides: 2 });
  const { head } = await connection.get(sessionId);
  assert.deepEqual([head.phase, head.turnCount], ['ended', 1]);
  const printed = await connection.query('echo \'{"city": "Brest", "tides": 2}\'', {
    cwd: work,
    agent: 'shell',
    schema,
  });
  assert.deepEqual(printed.data, { city: 'Brest', tides: 2 });
});

test('an answer that does not fit is asked for once more, with what is wrong; a second one is an error that keeps the text (C6)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents: answering(wrong, right, wrong) });
  const repaired = await connection.query('?', { cwd: work, agent: 'answering', schema });
  assert.deepEqual(repaired.data, { city: 'Brest', tides: 2 });
  const { items } = await connection.request('session/history', { sessionId: repaired.sessionId });
  const asked = items.filter((item) => item.kind === 'message' && item.role === 'user');
  assert.equal(asked.length, 2);
  assert.match(JSON.stringify(asked[1]), /\/tides must be >= 0/u);

  const other = await testHome(t).connect({ agents: answering(wrong, `still ${wrong}`) });
  await assert.rejects(other.query('?', { cwd: work, agent: 'answering', schema }), (error: unknown) => {
    assert.ok(isHoldfastError(error, 'answerInvalid'), String(error));
    assert.equal(error.details['text'], `still ${wrong}`);
    return true;
  });
});

test('a turn that fails is the result of a run, and the error of a query; both sessions have ended (C6)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const { end, text, sessionId } = await connection.run('echo before; exit 3', { cwd: work, agent: 'shell' });
  assert.deepEqual([end.outcome, end.exitCode, text], ['failed', 3, 'before\n']);
  assert.equal((await connection.get(sessionId)).head.phase, 'ended');
  await assert.rejects(
    connection.query('echo before; exit 3', { cwd: work, agent: 'shell' }),
    (error: unknown) => {
      assert.ok(isHoldfastError(error, 'commandFailed'));
      assert.equal(error.details['text'], 'before\n');
      return true;
    },
  );
});

test('a signal gives a run up wherever it stands, and its session ends (C6)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect();
  const abort = new AbortController();
  let sessionId: string | undefined;
  const running = connection.run('echo begun; sleep 1000', {
    ...{ cwd: work, agent: 'shell', signal: abort.signal },
    onEvent(envelope) {
      sessionId = envelope.sessionId;
      if (envelope.event.type === 'commandRun.output') abort.abort();
    },
  });
  await assert.rejects(running, { kind: 'aborted' });
  const { head } = await connection.get(String(sessionId));
  assert.equal(head.phase, 'ended');
  assert.equal(head.lastTurn?.outcome, 'cancelled');
});

test('what an unattended run is asked is rejected, and a schema that is none is refused before anything is sent (C6)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents: { scripted: fakeAgent('scripted') } });
  const { text } = await connection.run('permission', { cwd: work, agent: 'scripted' });
  assert.match(text, /selected no|cancelled/u);
  const before = (await connection.list()).sessions.length;
  await assert.rejects(connection.query('?', { cwd: work, schema: { type: 'nonsense' } }), {
    kind: 'invalidParams',
  });
  assert.equal((await connection.list()).sessions.length, before);
});
