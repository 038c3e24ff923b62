import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentEvent } from '../../../../src/runtime/agent/agent.ts';
import { AgentTerminals } from '../../../../src/runtime/agent/agentTerminals.ts';
import { BoundedMap } from '../../../../src/runtime/agent/boundedMap.ts';

function terminals() {
  const events: AgentEvent[] = [];
  const shown = new AgentTerminals((event) => events.push(event), '/work');
  const chunk = (terminalId: string, text: string): void =>
    shown.chunk({ terminalId, data: Buffer.from(text).toString('base64') });
  const of = (type: AgentEvent['type']) => events.filter((event) => event.type === type);
  return { shown, chunk, of };
}

test('a terminal that ended is over: what is told of it later begins no other and shows nothing (A6)', () => {
  const { shown, chunk, of } = terminals();
  chunk('t', 'out\n');
  shown.update({ terminalId: 't', exitStatus: { exitCode: 3 } });
  chunk('t', 'late\n');
  shown.update({ terminalId: 't', output: { data: Buffer.from('whole').toString('base64') } });
  shown.update({ terminalId: 't', exitStatus: { exitCode: 0 } });
  assert.equal(of('commandRun.started').length, 1);
  assert.equal(of('commandRun.ended').length, 1);
  assert.equal(of('commandRun.output').length, 1);
});

test('of terminals without number the oldest are forgotten, and one that still ran ends as far as is known (A6)', () => {
  const { shown, chunk, of } = terminals();
  chunk('running', 'first\n');
  for (let made = 0; made < 600; made++) {
    chunk(`t${made}`, '.');
    shown.update({ terminalId: `t${made}`, exitStatus: { exitCode: 0 } });
  }
  assert.equal(of('commandRun.ended').length, 600, 'what is over makes room before what runs');
  chunk('running', 'second\n');
  assert.equal(of('commandRun.started').length, 601);
  for (let made = 0; made < 600; made++) chunk(`open${made}`, '.');
  assert.equal(of('commandRun.ended').length, 600 + 101, 'the oldest of those that run ended');
  shown.dispose();
  assert.equal(of('commandRun.ended').length, of('commandRun.started').length, 'each once');
});

test('a bounded map forgets what was put in first (law 7)', () => {
  const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2).set('a', 3).set('c', 4);
  assert.deepEqual(
    [...map],
    [
      ['b', 2],
      ['c', 4],
    ],
  );
});
