import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { readProcess } from '../../../src/runtime/work/processTable.ts';
import { runtimeInMemory, turns } from './runtimeInMemory.ts';

test(
  'law 11: a command that runs as a turn is gone when the runtime has let go of its session',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const { runtime, connect } = await runtimeInMemory(t);
    const client = await connect();
    const { sessionId } = await client.request('session/create', { cwd: tmpdir() });
    await client.request('session/command', { sessionId, command: 'echo $$; exec sleep 1000' });
    const printed = (): string | undefined =>
      client.events
        .map(({ event }) => (event.type === 'commandRun.output' ? event.text : undefined))
        .find(Boolean);
    while (printed() === undefined) await turns();
    const pid = Number(printed());
    assert.equal(readProcess(pid)?.zombie, false);
    await runtime.dispose('the test ends it');
    assert.notEqual(readProcess(pid)?.zombie, false);
  },
);
