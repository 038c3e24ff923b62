import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentRecord } from '../../../../src/protocol/agentDefinition.ts';
import { Chatter } from '../../../../src/runtime/agent/chatter.ts';
import { silentLog } from '../../../../src/runtime/log.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { open, start } from './harness.ts';

test('of what an agent says beside its messages, only so much in a minute gets into the log (law 7)', () => {
  const clock = new ManualClock();
  const said: string[] = [];
  const chatter = new Chatter((text) => said.push(text), clock);
  for (let count = 0; count < 1000; count++) chatter.say(`line ${count}`);
  assert.equal(said.length, 101);
  assert.deepEqual(said.slice(-2), [
    'line 99',
    'says too much beside its messages: what follows is left out for a while',
  ]);
  clock.advance(60_000);
  chatter.say('line 1000');
  assert.equal(said.at(-1), 'line 1000');
});

test('an agent that floods its stdout with what is no message answers all the same, and the log stays short (P6, law 7)', async () => {
  const program = `
    for (let count = 0; count < 50_000; count++) process.stdout.write('no message\\n');
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, method } = JSON.parse(line);
      const result = method === 'initialize' ? { protocolVersion: 1 } : method === 'session/new' ? { sessionId: 'one' } : { stopReason: 'end_turn' };
      if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
    }).on('close', () => process.exit(0));`;
  const record: AgentRecord = {
    id: 'x',
    name: 'X',
    kind: 'acp',
    command: process.execPath,
    args: ['-e', program],
  };
  const said: string[] = [];
  await using agent = await start(
    { record, env: {} },
    { log: { ...silentLog, info: (text) => said.push(text) } },
  );
  assert.equal((await (await open(agent)).type('hello')).outcome, 'completed');
  assert.ok(said.includes('X said aside: no message'));
  assert.ok(said.length < 1000, `${said.length} lines`);
});
