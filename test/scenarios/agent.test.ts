import assert from 'node:assert/strict';
import { realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Recorder } from '../support/recorder.ts';
import { fakeAgent, gone, testHome } from '../support/testHome.ts';

const agents = { scripted: fakeAgent('scripted') };

/** The same story, told by the Shell agent and by an ACP agent over stdio: nothing in the core knows which it is. */
const both = [
  {
    agent: 'shell',
    says: 'echo hello',
    long: 'echo begun; sleep 1000',
    fails: 'exit 3',
    said: (recorder: Recorder) => recorder.output,
  },
  {
    agent: 'scripted',
    says: 'say hello',
    long: 'slow 100000 20',
    fails: 'crash',
    said: (recorder: Recorder) => recorder.agentText,
  },
];

for (const { agent, says, long, fails, said } of both) {
  test(`${agent}: a prompt streams its answer and ends completed; a failing one ends failed and the session goes on (A3, P4)`, async (t) => {
    const { connect, work } = testHome(t);
    const connection = await connect({ agents });
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd: work, agent, onEvent: recorder.onEvent });
    assert.equal((await (await session.prompt(says)).ended).outcome, 'completed');
    assert.match(said(recorder), /hello/u);
    assert.equal((await (await session.prompt(fails)).ended).outcome, 'failed');
    assert.equal((await (await session.prompt(says)).ended).outcome, 'completed');
    assert.deepEqual(
      recorder.seqs,
      recorder.seqs.map((_, index) => index + 1),
    );
  });

  test(`${agent}: a cancelled turn ends cancelled and the next one runs (T3)`, async (t) => {
    const { connect, work } = testHome(t);
    const connection = await connect({ agents });
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd: work, agent, onEvent: recorder.onEvent });
    const turn = await session.prompt(long);
    await recorder.until('the first words', () => said(recorder) !== '');
    await session.cancel(turn.turnId);
    assert.equal((await turn.ended).outcome, 'cancelled');
    assert.equal((await (await session.prompt(says)).ended).outcome, 'completed');
  });

  test(`${agent}: a turn goes on while its client is away, and the transcript is whole when it comes back (J1)`, async (t) => {
    const { connect, work } = testHome(t);
    const connection = await connect({ agents });
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd: work, agent, onEvent: recorder.onEvent });
    await session.prompt(long);
    await recorder.until('the first words', () => said(recorder) !== '');
    connection.dispose();
    const after = new Recorder();
    const again = await (
      await connect()
    ).openSession({ sessionId: session.id, resume: true, onEvent: after.onEvent });
    await after.until('what was there before', () => after.envelopes.length >= recorder.envelopes.length);
    assert.deepEqual(after.types.slice(0, recorder.types.length), recorder.types);
    assert.equal(again.head.phase, 'running');
    await again.cancel();
    await after.next('turn.ended');
  });
}

test('thoughts, plan and a tool call with a diff arrive as what they are (A3)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: recorder.onEvent });
  await (
    await session.prompt('think')
  ).ended;
  assert.ok(recorder.all('message.started').some(({ role }) => role === 'thought'));
  await (
    await session.prompt('tool')
  ).ended;
  const ended = recorder.all('toolCall.ended')[0];
  assert.equal(ended?.status, 'completed');
  const { items } = await session.history({ limit: 100 });
  const tool = items.find((item) => item.kind === 'toolCall');
  assert.ok(tool?.content?.some((content) => content.type === 'diff'));
  await (
    await session.prompt('plan')
  ).ended;
  assert.ok(session.head.plan.length > 0);
});

test('a permission puts the session in waiting, and any client’s answer returns it to running (W1, J3)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents, clientName: 'the first' });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: recorder.onEvent });
  const turn = await session.prompt('permission');
  const { interactionId, interaction } = await recorder.next('interaction.opened');
  assert.equal(session.head.phase, 'waiting');
  assert.equal(session.head.attention, 'needsYou');
  assert.ok(interaction.kind === 'permission');
  const allow = interaction.options.find(({ kind }) => kind === 'allow_once');

  const other = await connect({ clientName: 'the second' });
  const there = await other.openSession({ sessionId: session.id, resume: true, onEvent: () => undefined });
  await there.answer(interactionId, { kind: 'option', optionId: allow?.optionId ?? '' });
  assert.equal((await turn.ended).outcome, 'completed');
  assert.match(recorder.agentText, /selected once/u);
  const settled = recorder.envelopes.find(({ event }) => event.type === 'interaction.settled');
  assert.equal(settled?.by?.name, 'the second', 'who settled it is known');
  await assert.rejects(session.answer(interactionId, { kind: 'reject' }), { kind: 'interactionSettled' });
});

test('a permission handler answers by itself, and onEvent has seen the question before (O2)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents });
  const recorder = new Recorder();
  const order: string[] = [];
  const session = await connection.openSession({
    cwd: work,
    agent: 'scripted',
    onEvent(envelope) {
      recorder.onEvent(envelope);
      if (envelope.event.type === 'interaction.opened') order.push('event');
    },
    onPermission({ interaction }) {
      order.push('handler');
      const reject = interaction.options.find(({ kind }) => kind === 'reject_once');
      return { kind: 'option', optionId: reject?.optionId ?? '' };
    },
  });
  await (
    await session.prompt('permission')
  ).ended;
  assert.deepEqual(order, ['event', 'handler']);
  assert.match(recorder.agentText, /selected no/u);
});

test('cancelling a turn that waits settles its question as cancelled (T3)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: recorder.onEvent });
  const turn = await session.prompt('permission');
  await recorder.next('interaction.opened');
  await session.cancel();
  assert.equal((await turn.ended).outcome, 'cancelled');
  assert.deepEqual(
    recorder.all('interaction.settled').map(({ settlement }) => settlement.outcome),
    ['cancelled'],
  );
  assert.equal(session.head.interactions.length, 0);
});

test('ten sessions with an agent cost one process, each with its own directory; one more client opening at once starts none (P1, O6)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents });
  const opened = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const recorder = new Recorder();
      const session = await connection.openSession({
        cwd: work,
        agent: 'scripted',
        onEvent: recorder.onEvent,
      });
      await recorder.next('agent.started');
      return { recorder, session };
    }),
  );
  const { processes } = await connection.request('runtime/status', {});
  const acp = processes.filter(({ agent }) => agent === 'scripted');
  assert.deepEqual(
    acp.map(({ sessions }) => sessions.length),
    [10],
  );
  await Promise.all(
    opened.map(async ({ session, recorder }) => {
      await (
        await session.prompt('cwd')
      ).ended;
      assert.ok(recorder.agentText.includes(realpathSync(work)));
    }),
  );
});

test('when the process dies every session on it is detached with the reason, and the next prompt starts it again (P4)', async (t) => {
  const { connect, work } = testHome(t);
  const connection = await connect({ agents });
  const [a, b] = [new Recorder(), new Recorder()];
  const crashes = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: a.onEvent });
  const idle = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: b.onEvent });
  await b.next('agent.started');
  const end = await (await crashes.prompt('crash')).ended;
  assert.equal(end.outcome, 'failed');
  assert.equal(end.failure?.exitCode, 7);
  const { exitCode, stderrTail } = await b.next('agent.exited');
  assert.equal(exitCode, 7);
  assert.notEqual(stderrTail, '');
  await b.next('session.detached');
  assert.equal(idle.head.phase, 'detached');
  assert.equal((await (await idle.prompt('say hello')).ended).outcome, 'completed');
  assert.equal(idle.head.phase, 'idle');
});

test('an agent that cannot be started leaves the session detached with words, and is no failed create (law 3)', async (t) => {
  const { connect, work } = testHome(t);
  const broken = {
    absent: { command: '/no/such/agent' },
    quitter: fakeAgent('crashAtStart'),
  };
  const connection = await connect({ agents: broken });
  for (const [agent, words] of [
    ['absent', /\/no\/such\/agent/u],
    ['quitter', /3/u],
  ] as const) {
    const recorder = new Recorder();
    const session = await connection.openSession({ cwd: work, agent, onEvent: recorder.onEvent });
    const { failure } = await recorder.next('session.detached');
    assert.match(failure?.message ?? '', words);
    assert.equal(session.head.phase, 'detached');
    assert.equal(session.head.attention, 'failed');
    const end = await (await session.prompt('say hello')).ended;
    assert.equal(end.outcome, 'failed');
    assert.match(end.failure?.message ?? '', words);
  }
});

test('agents come from agents.json and from the client; a broken entry is reported by name and the rest still work', async (t) => {
  const { connect, home, work } = testHome(t);
  const first = await connect();
  writeFileSync(
    path.join(home, 'agents.json'),
    JSON.stringify({ agents: { filed: fakeAgent('scripted'), broken: { args: 'no command' } } }),
  );
  const connection = await connect({ agents: { mine: fakeAgent('scripted'), odd: 5 } });
  const { agents: known, problems } = await connection.request('agent/list', {});
  assert.deepEqual(known.map(({ id }) => id).sort(), ['filed', 'mine', 'shell']);
  assert.deepEqual(problems.map(({ agent }) => agent).sort(), ['broken', 'odd']);
  await assert.rejects(
    connection.openSession({ cwd: work, agent: 'broken', onEvent: () => undefined }),
    /broken/u,
  );
  const session = await connection.openSession({ cwd: work, agent: 'filed', onEvent: () => undefined });
  assert.equal((await (await session.prompt('say hello')).ended).outcome, 'completed');
  await assert.rejects(first.openSession({ cwd: work, agent: 'mine', onEvent: () => undefined }), {
    kind: 'agentUnknown',
  });
});

test('after the runtime is killed its agent processes are gone, and the conversation is taken up with a visible notice (P4, J4)', async (t) => {
  const { connect, work, kill } = testHome(t);
  const connection = await connect({ agents });
  const recorder = new Recorder();
  const session = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: recorder.onEvent });
  const { pid } = await recorder.next('agent.started');
  await kill();
  await gone(pid ?? 0);
  await recorder.next('session.detached');
  assert.equal((await (await session.prompt('say hello')).ended).outcome, 'completed');
});

test('after a restart the values of an agent’s environment come from a window that has them; without one they are named', async (t) => {
  const { connect, work, kill } = testHome(t);
  const secret = { scripted: fakeAgent('scripted', { TIDE_KEY: 'very-secret-4711' }) };
  const recorder = new Recorder();
  const connection = await connect({ agents: secret });
  const session = await connection.openSession({ cwd: work, agent: 'scripted', onEvent: recorder.onEvent });
  await recorder.next('agent.started');
  connection.dispose();
  await kill();
  const poor = await connect();
  const there = await poor.openSession({ sessionId: session.id, resume: true, onEvent: () => undefined });
  const end = await (await there.prompt('say hello')).ended;
  assert.equal(end.outcome, 'failed');
  assert.match(end.failure?.message ?? '', /TIDE_KEY/u);
  await connect({ agents: secret });
  assert.equal((await (await there.prompt('say hello')).ended).outcome, 'completed');
});
