import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';

test('a session begins in the mode that its agent’s definition asks for, and says when the agent does not take it (P2)', async (t) => {
  const { connect, work } = testHome(t);
  const agents = {
    code: { ...fakeAgent('scripted'), mode: 'code' },
    odd: { ...fakeAgent('scripted'), mode: 'handstand' },
  };
  const connection = await connect({ agents });
  const open = async (agent: string) => {
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd: work, agent, onEvent: recorder.onEvent });
    const { outcome } = await (await session.prompt('say hello')).ended;
    return { recorder, session, outcome };
  };
  const code = await open('code');
  assert.deepEqual([code.outcome, code.session.head.mode], ['completed', 'code']);
  assert.equal(code.recorder.all('notice').length, 0);
  const odd = await open('odd');
  assert.deepEqual([odd.outcome, odd.session.head.mode], ['completed', 'ask']);
  assert.match(odd.recorder.all('notice')[0]?.text ?? '', /did not begin in the mode “handstand”/u);
});
