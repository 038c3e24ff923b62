import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { isHoldfastError } from '../../src/client/index.ts';
import { startFakeModel } from '../support/fakeModel.mjs';
import { Recorder } from '../support/recorder.ts';
import { testHome } from '../support/testHome.ts';
import { environments } from './realAgent.ts';

/** Agents of the registry that come from npm, and the environment that each works in without a network. */
const fromRegistry = { 'claude-acp': environments.claude, opencode: environments.opencode } as const;

for (const [id, environment] of Object.entries(fromRegistry)) {
  test(`${id} as the registry has it is installed, answers and is removed (A8)`, async (t) => {
    const model = await startFakeModel();
    t.after(() => model.close());
    const { connect, home, work: cwd } = testHome(t);
    const env = environment(path.join(home, '..', 'agents-home'), model.url);
    const connection = await connect({ agents: { [id]: { env } } });
    const find = async () => {
      const { agents } = await connection.request('agent/list', { available: true });
      return agents.find((agent) => agent.id === id);
    };
    const { version = '' } = (await find()) ?? {};
    try {
      assert.equal((await connection.request('agent/install', { agent: id, version })).version, version);
    } catch (error) {
      const cannotBeHad = /found no such version|could not reach its registry/u;
      if (!isHoldfastError(error, 'agentInstallFailed') || !cannotBeHad.test(error.message)) throw error;
      return t.skip(`this machine’s npm does not have it: ${error.message.split('\n')[0]}`);
    }
    assert.equal((await find())?.installedVersion, version);
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd, agent: id, onEvent: recorder.onEvent });
    const end = await (await session.prompt('say hello from the registry')).ended;
    assert.equal(end.outcome, 'completed', end.failure?.message);
    assert.match(recorder.agentText, /hello from the registry/u);
    await session.end();
    assert.deepEqual(await connection.request('agent/remove', { agent: id }), { agent: id, removed: true });
    assert.equal((await find())?.installedVersion, undefined);
  });
}
