import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deferred } from '../../../../src/base/deferred.ts';
import { ForegroundWork } from '../../../../src/runtime/agent/foregroundWork.ts';
import { fakeAgent } from '../../../support/fakeAgents/agents.ts';
import { open, start } from './harness.ts';

const second = (caps: object = {}) => fakeAgent('scriptedV2', { env: { FAKE_CAPS: JSON.stringify(caps) } });

test('A1: an agent that speaks version 2 is spoken to in it; the turn ends when its work does', async () => {
  await using agent = await start(second());
  assert.deepEqual(agent.info, { name: 'scripted', version: '2.0.0' });
  const { host, type } = await open(agent);
  assert.deepEqual(host.of('commands.updated')[0]?.commands, [{ name: 'test', description: '' }]);
  assert.deepEqual(await type('say one two\nthink\nplan'), { outcome: 'completed', stopReason: 'end_turn' });
  assert.equal(host.said, 'one two');
  assert.equal(host.text('thought'), 'hmm');
  assert.equal(host.text('user'), '', 'the prompt that it repeats makes no second message');
  assert.equal(host.of('plan.updated')[0]?.entries.length, 1);
});

test('A1: what ends before the prompt was taken ends no turn; work that is over before the answer does', async () => {
  await using agent = await start(second());
  const { host, type } = await open(agent);
  assert.deepEqual(await type('earlier\nsay mine'), { outcome: 'completed', stopReason: 'end_turn' });
  assert.equal(host.said, 'mine');
  assert.deepEqual(await type('late\nsay all'), { outcome: 'completed', stopReason: 'end_turn' });
  assert.equal(host.said, 'mineall');
});

test('A1: refusals, errors and an end without a reason are told apart', async () => {
  await using agent = await start(second());
  const { type } = await open(agent);
  assert.equal((await type('refuse')).outcome, 'refused');
  const { outcome, failure } = await type('error');
  assert.deepEqual([outcome, failure?.message], ['failed', 'scriptedV2 failed: the model is away']);
  assert.deepEqual(await type('silent'), { outcome: 'completed' });
});

test('A3: messages are upserted by id, also when their chunks interleave', async () => {
  await using agent = await start(second());
  const { host, type } = await open(agent);
  await type('interleave');
  const [x, y] = host.of('message.started').map(({ messageId }) => messageId);
  assert.deepEqual(
    host.of('message.appended').map(({ messageId }) => messageId),
    [x, y],
  );
  assert.deepEqual(host.of('message.completed'), [
    {
      type: 'message.completed',
      messageId: x,
      role: 'agent',
      content: [{ type: 'text', text: 'corrected' }],
    },
  ]);
});

test('A3: tool calls are upserts; a patch becomes the places it changes', async () => {
  await using agent = await start(second());
  const { host, type } = await open(agent);
  await type('tool');
  const [started] = host.of('toolCall.started');
  assert.deepEqual([started?.title, started?.kind, started?.status], ['Edit a.txt', 'edit', 'pending']);
  assert.deepEqual(host.of('toolCall.updated')[0]?.content, [
    { type: 'diff', path: '/w/a.txt', oldText: 'same\nold\n', newText: 'same\nnew\n' },
  ]);
  assert.equal(host.of('toolCall.ended')[0]?.status, 'completed');
});

test('A3: a tool call’s content that comes in pieces is whole at its end, and told in few events', async () => {
  await using agent = await start(second());
  const { host, type } = await open(agent);
  await type('chunks 2000');
  const whole = Array.from({ length: 2000 }, (_, n) => `${n + 1} `).join('');
  assert.deepEqual(host.of('toolCall.ended')[0]?.content, [
    { type: 'content', content: { type: 'text', text: whole } },
  ]);
  const told = host.of('toolCall.updated').length;
  assert.ok(told > 1 && told < 60, `told ${told} times`);
});

test('A6: the agent’s own terminals are shown as commands, and the tool call refers to them', async () => {
  await using agent = await start(second());
  const { host, type } = await open(agent);
  await type('terminal');
  const [run] = host.of('commandRun.started');
  assert.deepEqual([run?.command, run?.cwd], ['make all', '/w']);
  assert.equal(host.output, 'one\ntwo\n');
  assert.equal(host.of('commandRun.ended')[0]?.exitCode, 2);
  assert.deepEqual(host.of('toolCall.started')[0]?.content, [
    { type: 'terminal', terminalId: run?.commandRunId },
  ]);
});

test('A4: a permission says what it is about, a tool call or a command, and the chosen option goes back', async () => {
  await using agent = await start(second());
  const { host, type } = await open(agent, {
    answer: () => ({ outcome: 'answered', answer: { kind: 'option', optionId: 'once' } }),
  });
  await type('permission\ncommand');
  const [about, command] = host.interactions;
  assert.ok(about?.kind === 'permission' && command?.kind === 'permission');
  assert.deepEqual([about.title, about.description], ['Remove it?', 'It is old.']);
  assert.equal(about.toolCallId, host.of('toolCall.started')[0]?.toolCallId);
  assert.match(command.description ?? '', /^\$ make clean\n\(in \/w\)$/u);
  assert.equal(host.said, 'onceonce');
});

test('T3: a cancelled prompt ends when the agent says that its work did', async () => {
  await using agent = await start(second());
  const { session, host, type } = await open(agent);
  const turn = type('say up\nhang');
  await host.until(() => host.said === 'up');
  session.cancel();
  assert.deepEqual(await turn, { outcome: 'cancelled', stopReason: 'cancelled' });
  assert.equal((await type('say on')).outcome, 'completed');
});

test('P4: a prompt whose process dies is rejected, also after it was taken', async () => {
  await using agent = await start(second());
  const { type } = await open(agent);
  await assert.rejects(type('crash'), /exited with code 7[^]*it hurts/u);
});

test('A1: what version 2 does not have is not served in it', async () => {
  await using agent = await start(second());
  const { host, type } = await open(agent);
  await type('request fs/read_text_file\nrequest terminal/create\nrequest nonsense');
  assert.equal(host.said, '-32601-32601-32601');
});

test('A3: settings are options, chosen with their type', async () => {
  await using agent = await start(second());
  const { session, host } = await open(agent);
  await session.configure({ options: { effort: 'high' } });
  assert.equal(host.of('session.configured').at(-1)?.options?.[0]?.value, 'high');
});

test('A3: notices, compactions and unknown kinds are what they are in version 1', async () => {
  await using agent = await start(second());
  const { host, type } = await open(agent);
  host.events.length = 0;
  await type('notice\ncompact\nunknown');
  assert.deepEqual(
    host.events.map((event) => event.type),
    ['notice', 'compaction.started', 'compaction.ended', 'update.received'],
  );
});

test('A1: versions are agreed on: the newest that both speak, whatever way an agent has of answering', async () => {
  for (const [speaks, asked] of [
    ['1', 2],
    ['echo', 2],
    ['strict', 1],
  ] as const) {
    await using agent = await start(fakeAgent('versions', { env: { FAKE_SPEAKS: speaks } }));
    assert.equal(agent.info.name, `asked for ${asked}`);
    const { host, type } = await open(agent);
    assert.equal((await type('x')).outcome, 'completed', speaks);
    assert.equal(host.said, 'hello');
  }
});

test('A1: an agent of other versions is not started; both sides’ versions are named, with its stderr', async () => {
  const starting = (speaks: string) => start(fakeAgent('versions', { env: { FAKE_SPEAKS: speaks } }));
  await assert.rejects(starting('7'), /speaks version 7 of ACP, and Holdfast versions 1 and 2\.\nI speak 7/u);
  await assert.rejects(
    starting('refuses'),
    /speaks versions 3 and 4 of ACP, and Holdfast versions 1 and 2\.\nI speak refuses/u,
  );
  const second = fakeAgent('scriptedV2');
  const limited = { ...second, record: { ...second.record, acpVersion: 1 as const } };
  await assert.rejects(start(limited), /Unsupported protocol version/u);
});

/** A session whose agent works until it is cancelled, and what it was given meanwhile. */
async function steered(words: string) {
  const agent = await start(second({ close: {} }));
  const { session, host, type } = await open(agent);
  const working = type('say up\nhang');
  working.catch(() => undefined);
  await host.until(() => host.said === 'up');
  const steering = session.steer?.([{ type: 'text', text: words }]) ?? assert.fail('it cannot be steered');
  return { agent, session, steering };
}

test('T2: of what was given to running work nobody knows whether the agent has it, when its session is closed or its process dies first', async () => {
  const { agent, session, steering } = await steered('mute');
  await session.close();
  assert.deepEqual(await steering.taken, { how: 'unknown' });
  await agent[Symbol.asyncDispose]();
  const other = await steered('mute');
  await other.agent.stop('the test stops it');
  assert.deepEqual(await other.steering.taken, { how: 'unknown' });
});

test('T2: what was read of it before the session or the connection was closed holds, also when its answer comes to nobody any more', async () => {
  for (const close of ['session', 'connection'] as const) {
    const lost = new AbortController().signal;
    const work = new ForegroundWork({ name: 'fake', lost, onEnd: () => undefined });
    work.begin();
    const steered = work.steer();
    const answer = new Deferred<unknown>();
    const taken = steered.taken(answer.promise);
    steered.answered({ result: { messageId: 'm2' } });
    if (close === 'session') work.closed();
    else answer.reject(new Error('it was closed'));
    assert.deepEqual(await taken, { how: 'joined' });
  }
});
