import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Connection, Session } from '../../src/client/index.ts';
import type { Answer } from '../../src/protocol/interaction.ts';
import { startFakeModel } from '../support/fakeModel.mjs';
import { Recorder } from '../support/recorder.ts';
import { testHome } from '../support/testHome.ts';
import { realAgent, type RealAgent } from './realAgent.ts';

/** A session with everything that happened in it; permissions and questions are answered as the test says. */
async function open(
  connection: Connection,
  options: { readonly cwd: string; readonly agent: RealAgent; readonly allow?: boolean },
) {
  const { cwd, agent, allow = true } = options;
  const recorder = new Recorder();
  const session = await connection.openSession({
    cwd,
    agent,
    onEvent: recorder.onEvent,
    onPermission({ interaction }): Answer {
      const wanted = allow ? 'allow_once' : 'reject_once';
      const option = interaction.options.find(({ kind }) => kind === wanted);
      return option === undefined ? { kind: 'reject' } : { kind: 'option', optionId: option.optionId };
    },
    onQuestion: ({ interaction }): Answer =>
      interaction.kind === 'question'
        ? {
            kind: 'values',
            values: Object.fromEntries(
              interaction.questions.map(({ questionId, options: [, second] }) => [
                questionId,
                second?.optionId ?? '',
              ]),
            ),
          }
        : { kind: 'dismiss' },
  });
  return { recorder, session, ask: (text: string) => ask(session, text) };
}

async function ask(session: Session, text: string) {
  const end = await (await session.prompt(text)).ended;
  return end.failure === undefined ? end.outcome : `${end.outcome}: ${end.failure.message}`;
}

for (const agent of ['opencode', 'claude'] as const) {
  test(`${agent}, offline`, async (t) => {
    const model = await startFakeModel();
    t.after(() => model.close());
    const { connect, home, work: cwd } = testHome(t);
    const definition = await realAgent(agent, {
      home: path.join(home, '..', 'agents-home'),
      model: model.url,
    });
    const connection = await connect({ agents: { [agent]: definition } });

    const one = await open(connection, { cwd, agent });
    const { pid } = await one.recorder.next('agent.started');

    await t.test('two sessions on one process answer at the same time (P1)', async () => {
      const two = await open(connection, { cwd, agent });
      assert.deepEqual(await Promise.all([one.ask('say hello one'), two.ask('say hello two')]), [
        'completed',
        'completed',
      ]);
      assert.match(one.recorder.agentText, /hello one/u);
      assert.match(two.recorder.agentText, /hello two/u);
      const { processes } = await connection.request('runtime/status', {});
      assert.deepEqual(
        processes.filter((each) => each.agent === agent).map(({ sessions }) => sessions.length),
        [2],
      );
      await two.session.end();
    });

    await t.test('a file is written when that is allowed, and not when it is refused (A4, A5)', async () => {
      const file = path.join(cwd, 'allowed.txt');
      assert.equal(await one.ask(`write file ${file} with tide`), 'completed');
      assert.equal(readFileSync(file, 'utf8').trim(), 'tide');
      assert.ok(
        one.recorder
          .all('interaction.opened')
          .some(
            ({ interaction }) => interaction.kind === 'permission' && interaction.toolCallId !== undefined,
          ),
      );
      const refusing = await open(connection, { cwd, agent, allow: false });
      const other = path.join(cwd, 'refused.txt');
      await refusing.ask(`write file ${other} with tide`);
      assert.equal(existsSync(other), false);
      assert.equal(await refusing.ask('say still here'), 'completed');
      assert.match(refusing.recorder.agentText, /still here/u);
      await refusing.session.end();
    });

    await t.test('a command’s output is in the transcript (A3, A6)', async () => {
      assert.equal(await one.ask('run echo ebb-and-flow'), 'completed');
      assert.match(one.recorder.agentText, /ebb-and-flow/u);
      const shown = JSON.stringify(
        one.recorder.envelopes.filter(({ event }) => /^(toolCall|commandRun)/u.test(event.type)),
      );
      assert.match(shown, /ebb-and-flow/u);
    });

    await t.test(
      'a question is answered with one of its options (W1)',
      { skip: agent === 'opencode' && 'it offers no question tool over ACP' },
      async () => {
        assert.equal(await one.ask('ask me'), 'completed');
        const asked = one.recorder
          .all('interaction.opened')
          .find(({ interaction }) => interaction.kind === 'question');
        assert.ok(asked?.interaction.kind === 'question');
        assert.deepEqual(
          asked.interaction.questions[0]?.options.map(({ label }) => label),
          ['Red', 'Blue'],
        );
        assert.notEqual(asked.interaction.toolCallId, undefined, 'bound to the tool call that asks');
        assert.match(one.recorder.agentText, /Blue/u);
      },
    );

    await t.test('an MCP server’s tool is used, with the environment it was given (P1)', async () => {
      assert.equal(await one.ask('use secret_word'), 'completed');
      // The server knows the word, and the transcript does not tell it: a secret is taken out of what the agent says (C5).
      assert.match(one.recorder.agentText, /the word is \[redacted\]/u);
    });

    await t.test('a turn is cancelled, and the next one runs (T3)', async () => {
      const turn = await one.session.prompt('slow 1000 50');
      await one.recorder.until('the first words', () => /\b3 4\b/u.test(one.recorder.agentText));
      await one.session.cancel(turn.turnId);
      assert.equal((await turn.ended).outcome, 'cancelled');
      assert.equal(await one.ask('say after cancel'), 'completed');
      assert.match(one.recorder.agentText, /after cancel/u);
    });

    await t.test('after its process was killed, the conversation is taken up again (P4)', async () => {
      process.kill(pid ?? 0, 'SIGKILL');
      await one.recorder.next('session.detached');
      assert.equal(await one.ask('say back again'), 'completed');
      assert.match(one.recorder.agentText, /back again/u);
      const starts = one.recorder.all('agent.started').map(({ how }) => how);
      assert.equal(starts[0], 'new');
      assert.match(starts.at(-1) ?? '', /^(resumed|loaded)$/u);
    });

    await t.test('a fork remembers where it comes from (A2)', async () => {
      const recorder = new Recorder();
      const fork = await connection.openSession({ fork: one.session.id, onEvent: recorder.onEvent });
      assert.equal((await recorder.next('agent.started')).how, 'forked');
      assert.equal(await ask(fork, 'say forked'), 'completed');
      assert.match(recorder.agentText, /forked/u);
    });

    await t.test('a conversation it has is listed, and becomes a session with its past (A2)', async () => {
      const teller = await open(connection, { cwd, agent });
      await teller.recorder.next('agent.started');
      assert.equal(await teller.ask('say flotsam'), 'completed');
      const { agentSessionId } = teller.session.head;
      await teller.session.end();
      const { sessions } = await connection.request('agent/sessions', { agent, cwd });
      assert.ok(sessions.some((each) => each.agentSessionId === agentSessionId));
      const adopted = await connection.openSession({ cwd, agent, agentSessionId, onEvent: () => undefined });
      assert.equal(await ask(adopted, 'say jetsam'), 'completed');
      const { items } = await adopted.history();
      const said = items.flatMap((item) =>
        item.kind === 'message' && item.role !== 'thought'
          ? [`${item.role}: ${JSON.stringify(item.content)}`]
          : [],
      );
      assert.match(
        said.join('\n'),
        /user: .*flotsam.*\nagent: .*flotsam.*\nuser: .*jetsam.*\nagent: .*jetsam/u,
      );
    });
  });
}
