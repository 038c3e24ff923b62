import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

test('a line beyond the bound of the agent’s definition ends its process; the bound and the setting are named (P6)', async (t) => {
  const { connect, work } = testHome(t);
  const agents = { bounded: { ...fakeAgent('answersOnce'), maxLineBytes: 4096 } };
  const connection = await connect({ agents });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'bounded', onEvent: recorder.onEvent });
  assert.equal((await (await session.prompt('long 2000')).ended).outcome, 'completed');
  const { processId } = await recorder.next('agent.started');
  await connection.request('runtime/stopProcess', { processId });
  const { outcome, failure } = await (await session.prompt('long 5000')).ended;
  assert.equal(outcome, 'failed');
  assert.match(failure?.message ?? '', /a line of more than 4096 bytes; "maxLineBytes" in its definition/u);
  assert.equal((await (await session.prompt('short')).ended).outcome, 'completed');
});
