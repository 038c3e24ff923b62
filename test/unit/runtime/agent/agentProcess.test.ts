import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Deferred } from '../../../../src/base/deferred.ts';
import type { HoldfastError } from '../../../../src/protocol/errors.ts';
import type { Settlement } from '../../../../src/protocol/interaction.ts';
import { newSessionId } from '../../../../src/protocol/ids.ts';
import { DEADLINES } from '../../../../src/runtime/agent/pool.ts';
import { readProcess } from '../../../../src/runtime/work/processTable.ts';
import { fakeAgent } from '../../../support/fakeAgents/agents.ts';
import { clockWithManual } from '../../../support/manualClock.ts';
import { directory, open, start } from './harness.ts';

const linux = { skip: process.platform !== 'linux' };
const lives = (pid: number): boolean => readProcess(pid)?.zombie === false;
const startFailure = async (starting: Promise<unknown>): Promise<HoldfastError> => {
  const error = await starting.then(
    () => undefined,
    (thrown: unknown) => thrown as HoldfastError,
  );
  assert.equal(error?.kind, 'agentStartFailed');
  return error;
};

test('A1: an agent is started, shakes hands and says who it is', async () => {
  await using agent = await start(fakeAgent('scripted'));
  assert.deepEqual(agent.info, { name: 'scripted', version: '1.2.3' });
  assert.ok(agent.pid > 0);
  assert.equal(agent.agentId, 'scripted');
  await agent.stop();
  assert.equal((await agent.exited).expected, true);
  assert.equal((await agent.exited).exitCode, 0);
});

test('a command that is not there is named, with what helps', async () => {
  const agent = {
    record: { id: 'gone', name: 'Gone', kind: 'acp', command: 'no-such-agent' },
    env: {},
  } as const;
  const error = await startFailure(start(agent));
  assert.match(error.message, /`no-such-agent` was not found\. Install it, or give its full path/);
  assert.equal(error.details['command'], 'no-such-agent');
});

test('a file that is not a program is named', { skip: process.platform === 'win32' }, async () => {
  const agent = { record: { id: 'x', name: 'X', kind: 'acp', command: tmpdir() }, env: {} } as const;
  assert.match((await startFailure(start(agent))).message, /is not a program that may be run/);
});

test('an agent that ends before it answers is told of with what was run, its exit code and its stderr', async () => {
  const error = await startFailure(start(fakeAgent('crashAtStart')));
  assert.match(
    error.message,
    /crashAtStart did not start: `.*crashAtStart\.mjs`: exited with code 3\.\nno API key found/,
  );
  assert.equal(error.details['exitCode'], 3);
  assert.equal(error.details['stderrTail'], 'no API key found\n');
});

test(
  'A9: an agent that never answers initialize is told of with its stderr, and nothing of it is left',
  linux,
  async (t) => {
    const sign = join(directory(t), 'said');
    const { clock, manual } = clockWithManual(4000);
    const deadlines = { ...DEADLINES, initialize: 4000 };
    const starting = start(fakeAgent('silent', { env: { FAKE_SIGN: sign } }), { clock, deadlines });
    const failing = startFailure(starting);
    while (!existsSync(sign)) await new Promise((resolve) => setImmediate(resolve));
    // What it said before stands in its pipe, which is read in the next round.
    await new Promise((resolve) => setImmediate(resolve));
    manual.advance(4000);
    const error = await failing;
    assert.match(error.message, /did not answer initialize within 4 s\.\nwaiting for a model/);
  },
);

test('A1: a prompt streams its chunks, all of them before it resolves', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent);
  const result = await type('say one two three');
  assert.equal(host.said, 'one two three');
  assert.deepEqual(result, { outcome: 'completed', stopReason: 'end_turn' });
  assert.equal(host.of('message.started').length, 1, 'chunks join into one message');
});

test('A3: thoughts, tool calls, plans, usage, commands and titles become events in the order of the wire', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent);
  host.events.length = 0;
  await type('think\nsay a\ntool\nsay b\nplan\nusage\ncommands\ntitle New name\nunknown');
  assert.deepEqual(
    host.events.map((event) => event.type),
    [
      'message.started',
      'message.started',
      'toolCall.started',
      'toolCall.updated',
      'toolCall.ended',
      'message.started',
      'plan.updated',
      'usage.updated',
      'commands.updated',
      'session.renamed',
      'update.received',
    ],
  );
  const [call] = host.of('toolCall.started');
  assert.deepEqual(call?.locations, [{ path: '/a.txt', line: 3 }]);
  const [change] = host.of('toolCall.updated');
  assert.deepEqual(change?.content, [{ type: 'diff', path: '/a.txt', oldText: 'old', newText: 'new' }]);
  assert.equal(change?.toolCallId, call?.toolCallId);
  assert.deepEqual(host.of('plan.updated')[0]?.entries, [
    { content: 'first', priority: 'high', status: 'pending' },
  ]);
  const { type: _, ...usage } = host.of('usage.updated')[0] ?? { type: 'usage.updated' };
  assert.deepEqual(usage, { usedTokens: 10, windowTokens: 100, cost: { amount: 0.5, currency: 'USD' } });
  assert.deepEqual(host.of('commands.updated')[0]?.commands, [
    { name: 'test', description: 'Runs tests', hint: 'which' },
  ]);
  assert.deepEqual(host.of('session.renamed')[0], {
    type: 'session.renamed',
    title: 'New name',
    source: 'agent',
  });
});

test('A4: a permission request becomes an interaction, and the chosen option goes back', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent, {
    answer: () => ({ outcome: 'answered', answer: { kind: 'option', optionId: 'always' } }),
  });
  await type('permission');
  const [interaction] = host.interactions;
  assert.ok(interaction?.kind === 'permission');
  assert.equal(interaction.title, 'Remove a.txt');
  assert.deepEqual(
    interaction.options.map(({ kind }) => kind),
    ['allow_once', 'allow_always', 'reject_once'],
  );
  assert.equal(
    interaction.toolCallId,
    host.of('toolCall.started')[0]?.toolCallId,
    'the call is announced by the request',
  );
  assert.equal(host.said, 'selected always');
});

const settlements: readonly (readonly [string, Settlement, string])[] = [
  [
    'a rejection chooses the option for rejecting once',
    { outcome: 'answered', answer: { kind: 'reject' } },
    'selected no',
  ],
  ['a dismissal chooses nothing', { outcome: 'answered', answer: { kind: 'dismiss' } }, 'cancelled'],
  [
    'an option that was never offered chooses nothing',
    { outcome: 'answered', answer: { kind: 'option', optionId: 'x' } },
    'cancelled',
  ],
  ['an interruption chooses nothing', { outcome: 'interrupted', reason: 'restart' }, 'cancelled'],
];
for (const [title, settlement, said] of settlements) {
  test(`law 10: ${title}`, async () => {
    await using agent = await start(fakeAgent('scripted'));
    const { host, type } = await open(agent, { answer: () => settlement });
    await type('permission');
    assert.equal(host.said, said);
  });
}

test('T3: cancel ends the prompt and nothing else; double cancel and cancel while idle are harmless', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { session, host, type } = await open(agent);
  session.cancel();
  const turn = type('say working\nhang');
  await host.until(() => host.said === 'working');
  session.cancel();
  session.cancel();
  assert.deepEqual(await turn, { outcome: 'cancelled', stopReason: 'cancelled' });
  assert.equal((await type('say next')).outcome, 'completed');
});

test('P4: a prompt whose process dies rejects with exit code and stderr, and so does every later use', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const one = await open(agent);
  const two = await open(agent);
  const waiting = two.type('hang');
  const gone = { kind: 'agentFailed', message: 'scripted exited with code 7.\nit hurts' };
  await Promise.all([assert.rejects(one.type('crash'), gone), assert.rejects(waiting, gone)]);
  const exit = await agent.exited;
  assert.deepEqual(exit, { exitCode: 7, signal: null, stderrTail: 'it hurts\n', expected: false });
  await assert.rejects(open(agent), { kind: 'agentFailed' });
  await assert.rejects(one.type('say no'), { kind: 'agentFailed' });
  await one.session.close();
});

test('a process that something kills is told of by the signal', linux, async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent);
  const turn = type('say here\nhang');
  await host.until(() => host.said === 'here');
  process.kill(agent.pid, 'SIGKILL');
  await assert.rejects(turn, { kind: 'agentFailed', message: 'scripted was ended by SIGKILL.' });
  assert.equal((await agent.exited).signal, 'SIGKILL');
});

test('an error of the agent fails the turn with the agent’s words, and the session goes on', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { type } = await open(agent);
  assert.deepEqual(await type('fail quota used up'), {
    outcome: 'failed',
    failure: { kind: 'agentFailed', message: 'scripted failed: Internal error: quota used up' },
  });
  assert.equal((await type('refuse')).outcome, 'refused');
  assert.deepEqual(await type('stop max_tokens'), { outcome: 'completed', stopReason: 'max_tokens' });
});

test('a stop reason that is not known ends the turn, and none at all is an answer that cannot be understood', async () => {
  await using agent = await start(fakeAgent('badStopReason'));
  const { type } = await open(agent);
  assert.deepEqual(await type('banana'), { outcome: 'completed', stopReason: 'banana' });
  assert.equal((await type('error')).outcome, 'failed');
  await assert.rejects(type('none'), { kind: 'badAnswer' });
});

test('P1: two sessions on one process have their own directories and run in parallel', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const one = await open(agent, { cwd: '/' });
  const two = await open(agent);
  const hanging = one.type('hang');
  await two.type('cwd\npid');
  assert.equal(two.host.said, `${tmpdir()}${agent.pid}`);
  one.session.cancel();
  assert.equal((await hanging).outcome, 'cancelled');
  await one.type('cwd');
  assert.equal(one.host.said, '/');
  assert.equal(agent.sessions.size, 2);
  await one.session.close();
  assert.equal(agent.sessions.size, 1);
  await two.type('say still here');
  assert.match(two.host.said, /still here$/);
});

test('P1: a hundred sessions live in one process', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const all = await Promise.all(Array.from({ length: 100 }, () => open(agent)));
  await Promise.all(all.map(({ type }, index) => type(`say number ${index}`)));
  assert.deepEqual(
    all.map(({ host }) => host.said),
    all.map((_, index) => `number ${index}`),
  );
  assert.equal(agent.sessions.size, 100);
});

test('P6: stdout that is no message is kept aside and breaks nothing', async () => {
  await using agent = await start(fakeAgent('noisy'));
  const { host, type } = await open(agent);
  assert.equal((await type('say')).outcome, 'completed');
  assert.equal(host.said, 'still here');
});

test('A2: what an agent says of a session before it has answered the opening is held and delivered in order', async () => {
  await using agent = await start(fakeAgent('updatesBeforeNew'));
  const { host, type } = await open(agent, {
    answer: () => ({ outcome: 'answered', answer: { kind: 'option', optionId: 'yes' } }),
  });
  assert.deepEqual(
    host.events.map((event) => event.type),
    ['commands.updated', 'message.started', 'message.appended', 'toolCall.started'],
  );
  assert.equal(host.said, 'Hello before the answer.');
  assert.equal(host.interactions.length, 1);
  await type('go');
  assert.match(host.said, /early permission: selected$/);
});

test('A1: requests that we do not offer are answered −32601', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent);
  await type('request _vendor/thing\nrequest terminal/dance');
  assert.equal(host.said, '-32601-32601');
});

test('A1: chunks and the end of a turn keep the order of the wire, whatever the pace', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent);
  await type('slow 20 1');
  assert.equal(host.said.trim(), Array.from({ length: 20 }, (_, index) => index + 1).join(' '));
});

test('A2: a loaded session tells nothing of its past again', async () => {
  await using agent = await start(fakeAgent('scripted', { env: { FAKE_CAPS: '{"loadSession":true}' } }));
  const { session, host, type } = await open(agent, { previous: 'session-9' });
  assert.equal(session.how, 'loaded');
  assert.equal(session.agentSessionId, 'session-9');
  await type('slow 3 1');
  assert.doesNotMatch(host.said, /old/);
  assert.deepEqual(host.of('toolCall.started'), []);
  assert.match(host.said, /1 2 3/);
});

test('P4: a session that the agent does not know any more is opened anew, and says so', async () => {
  await using agent = await start(fakeAgent('scripted', { env: { FAKE_CAPS: '{"loadSession":true}' } }));
  const { session } = await open(agent, { previous: 'someone-else' });
  assert.equal(session.how, 'new');
  assert.equal(agent.sessions.size, 1);
});

test('P4: resume is preferred where it is offered', async () => {
  const caps = JSON.stringify({ loadSession: true, sessionCapabilities: { resume: {}, close: {} } });
  await using agent = await start(fakeAgent('scripted', { env: { FAKE_CAPS: caps } }));
  const { session, type, host } = await open(agent, { previous: 'session-9' });
  assert.equal(session.how, 'resumed');
  await type('say on');
  assert.equal(host.said, 'on');
});

test('A3: modes and options are told, can be set, and refused when they are not offered', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { session, host } = await open(agent);
  const [configured] = host.of('session.configured');
  assert.equal(configured?.mode, 'ask');
  assert.deepEqual(
    configured?.modes?.map(({ id }) => id),
    ['ask', 'code'],
  );
  assert.deepEqual(
    configured?.options?.map(({ optionId, value }) => [optionId, value]),
    [['thinking', 'low']],
  );
  await session.configure({ mode: 'code', options: { thinking: 'high' } });
  const changes = host.of('session.configured').slice(1);
  assert.deepEqual(
    changes.map(({ mode, options }) => mode ?? options?.[0]?.value),
    ['code', 'high'],
  );
  await assert.rejects(session.configure({ model: 'big' }), { kind: 'unsupported' });
  await assert.rejects(session.configure({ options: { nope: true } }), { kind: 'unsupported' });
  await assert.rejects(session.configure({ mode: 'nope' }), {
    kind: 'agentFailed',
    message: 'scripted did not take the setting: Invalid params: no mode nope',
  });
});

test('A3: a prompt that the agent cannot take is refused in words, before it is sent', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { session } = await open(agent);
  const audio = { type: 'audio', data: '', mimeType: 'audio/wav' } as const;
  const failure = { kind: 'unsupported', message: 'scripted does not take audio.' };
  assert.deepEqual(await session.prompt([audio]), { outcome: 'failed', failure });
  const image = { type: 'image', data: 'aGk=', mimeType: 'image/png' } as const;
  assert.equal((await session.prompt([image])).outcome, 'completed');
});

test('O3: an opening that nobody waits for any more is given up, and its session closed late', async () => {
  await using agent = await start(fakeAgent('scripted'));
  await assert.rejects(open(agent, { signal: AbortSignal.abort() }), { kind: 'aborted' });
  assert.equal(agent.sessions.size, 0);
});

test(
  'T4: a session whose agent ignores cancel takes the process with it when nothing else is in it',
  linux,
  async () => {
    await using agent = await start(fakeAgent('ignoresCancel'), { grace: { stdinMs: 200, termMs: 200 } });
    const { session, host, type } = await open(agent);
    const turn = assert.rejects(type('go'), { kind: 'agentFailed' });
    await host.until(() => host.said !== '');
    session.cancel();
    await session.close();
    await turn;
    assert.equal((await agent.exited).signal, 'SIGKILL');
    assert.equal(lives(agent.pid), false);
  },
);

test('law 11: stopping an agent leaves nothing of it, also what left its process group', linux, async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent);
  await type('child escaped');
  const escaped = Number(host.said);
  assert.ok(lives(escaped));
  await agent.stop();
  assert.equal(lives(agent.pid), false);
  assert.equal(lives(escaped), false);
});

test('a second prompt while one runs is refused by us and never reaches the agent', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { session, host, type } = await open(agent);
  const turn = type('say first\nhang');
  await host.until(() => host.said === 'first');
  await assert.rejects(type('say second'), { kind: 'sessionBusy' });
  session.cancel();
  await turn;
});

test('T4: a prompt that is never answered is let go of with its session, which goes on anew in the same process', async () => {
  await using agent = await start(fakeAgent('answersOnce'));
  const { session, host, type } = await open(agent);
  const other = await open(agent, { previous: 'other' });
  assert.equal((await type('first')).outcome, 'completed');
  const second = type('second').catch(() => 'lost');
  session.cancel();
  await session.close();
  assert.equal(host.said, 'first');
  const again = await open(agent, { previous: session.agentSessionId });
  assert.equal(again.session.how, 'resumed');
  assert.equal((await again.type('third')).outcome, 'completed');
  assert.equal((await other.type('beside')).outcome, 'completed', 'others in the process know nothing of it');
  await agent.stop();
  assert.equal(await second, 'lost');
});

test('a permission request is withdrawn when its process dies', linux, async () => {
  await using agent = await start(fakeAgent('scripted'));
  const withdrawn = new Deferred<void>();
  const { host, type } = await open(agent, {
    sessionId: newSessionId(),
    answer: (_, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          withdrawn.resolve();
          resolve({ outcome: 'cancelled', reason: 'withdrawn' });
        });
      }),
  });
  const turn = assert.rejects(type('permission'), { kind: 'agentFailed' });
  await host.until(() => host.interactions.length === 1 || host.of('toolCall.started').length === 1);
  process.kill(agent.pid, 'SIGKILL');
  await withdrawn.promise;
  await turn;
});

test('law 9: an agent that is not read waits, and nothing of what it said is lost', async () => {
  await using agent = await start(fakeAgent('scripted'));
  await using other = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent);
  agent.pause();
  agent.pause();
  const turn = type('slow 50 1');
  const elsewhere = await open(other);
  await elsewhere.type('slow 50 2');
  assert.equal(host.said, '');
  agent.resume();
  assert.equal((await turn).outcome, 'completed');
  assert.equal(host.said, elsewhere.host.said);
});
