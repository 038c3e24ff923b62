import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../../../src/protocol/errors.ts';
import { summaryOf } from '../../../src/protocol/summary.ts';
import {
  attached,
  created,
  envelope,
  FakeChannel,
  headAfter,
  journal,
  notice,
  permission,
  started,
  turnEnded,
  turnStarted,
} from '../client/fakeChannel.ts';
import { fakeTerminal, holdfast } from './fakeTerminal.ts';
import { runProgram } from '../../../src/cli/program.ts';

const summary = (id: string, title = id) => ({ ...summaryOf(headAfter(started(id)), journal), title });

/** A runtime with some sessions. */
function setup(...ids: string[]): FakeChannel {
  const channel = new FakeChannel().connect();
  channel.answers.set('session/list', () => ({ sessions: ids.map((id) => summary(id)) }));
  channel.answers.set('session/get', ({ sessionId }) => ({
    sessionId,
    cursor: { journal, seq: 1 },
    head: headAfter(started(String(sessionId))),
  }));
  channel.answers.set('session/create', ({ sessionId }) => created(String(sessionId)));
  channel.answers.set('session/resume', ({ sessionId }) => attached(String(sessionId), 1));
  return channel;
}

/** Lets a prompt run one turn with some events, then ends it. */
function playTurn(channel: FakeChannel, events: (id: string) => object[], outcome = 'completed'): void {
  channel.answers.set('session/prompt', ({ sessionId }) => {
    const id = String(sessionId);
    channel.events(started(id), turnStarted(id, 2, 'T'), ...events(id));
    const seq = 3 + events(id).length;
    if (outcome !== 'open') channel.events(turnEnded(id, seq, 'T', outcome));
    return { sessionId: id, turnId: 'T', queued: false };
  });
  channel.answers.set('session/end', ({ sessionId }) => {
    const id = String(sessionId);
    channel.events(envelope(id, 4 + events(id).length, { type: 'session.ended', reason: 'done' }));
    return { sessionId: id };
  });
}

const said = (id: string): object[] => [
  envelope(id, 3, {
    type: 'message.started',
    messageId: 'M',
    role: 'agent',
    content: [{ type: 'text', text: 'Hello' }],
  }),
];

test('run makes a session, sends the prompt, shows what the agent says, and ends it', async () => {
  const channel = setup();
  playTurn(channel, said);
  const { exitCode, out, err } = await holdfast(
    ['run', '--agent', 'A', '--cwd', '/work', 'do', 'it'],
    channel,
  );
  assert.equal(exitCode, 0);
  assert.equal(out, 'Hello\n');
  assert.equal(err, '');
  const { params } = channel.last('session/create');
  assert.deepEqual([params['agent'], params['cwd']], ['A', '/work']);
  assert.deepEqual(channel.last('session/prompt').params['content'], [{ type: 'text', text: 'do it' }]);
  assert.equal(channel.last('session/end').params['force'], true);
});

test('run --json prints one envelope a line, the session’s last one too', async () => {
  const channel = setup();
  playTurn(channel, said);
  const { out } = await holdfast(['run', '--json', 'x'], channel);
  const types = out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { event: { type: string } }).event.type);
  assert.deepEqual(types, [
    'session.started',
    'turn.started',
    'message.started',
    'turn.ended',
    'session.ended',
  ]);
});

for (const [outcome, code] of [
  ['completed', 0],
  ['failed', 1],
  ['refused', 1],
  ['interrupted', 1],
  ['cancelled', 3],
] as const) {
  test(`run exits ${code} when the turn is ${outcome}`, async () => {
    const channel = setup();
    playTurn(channel, said, outcome);
    assert.equal((await holdfast(['run', 'x'], channel)).exitCode, code);
  });
}

test('run without anybody to ask exits 4, names the interaction and how to answer it, and leaves the session as it is', async () => {
  const channel = setup();
  playTurn(channel, (id) => [permission(id, 3, 'I')], 'open');
  const { exitCode, err } = await holdfast(['run', 'x'], channel);
  assert.equal(exitCode, 4);
  const id = String(channel.last('session/create').params['sessionId']);
  assert.match(err, new RegExp(`holdfast answer ${id} I OPTION`));
  assert.match(err, /yes {2}Yes/);
  assert.ok(channel.requests.every(({ method }) => method !== 'session/end' && method !== 'session/cancel'));
});

test('a prompt "-" is read from stdin', async () => {
  const channel = setup();
  playTurn(channel, said);
  await holdfast(['run', '-'], channel, { input: 'from a file\n' });
  assert.deepEqual(channel.last('session/prompt').params['content'], [
    { type: 'text', text: 'from a file\n' },
  ]);
});

test('new prints only the id', async () => {
  const channel = setup();
  const { out, err } = await holdfast(['new', '--title', 'Mine'], channel);
  const { params } = channel.last('session/create');
  assert.equal(out, `${String(params['sessionId'])}\n`);
  assert.equal(params['title'], 'Mine');
  assert.equal(err, '');
});

test('ls --json gives a row with the promised names, ls an aligned table with unambiguous ids', async () => {
  const channel = setup('aaaaaaaa-1', 'aaaaaaaa-2', 'b');
  const rows = (await holdfast(['ls', '--json'], channel)).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  for (const name of ['id', 'title', 'agent', 'cwd', 'phase', 'attention', 'createdAt', 'updatedAt']) {
    assert.ok(
      rows.every((row) => name in row),
      name,
    );
  }
  const lines = (await holdfast(['ls'], channel)).out.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^ID +PHASE +AGENT/);
  assert.ok(lines[1]?.startsWith('aaaaaaaa-1  opening  shell'));
});

test('a session is named by an unambiguous beginning of its id; anything else exits 2 and says why', async () => {
  const channel = setup('abc-1', 'abd-2');
  channel.answers.set('session/cancel', ({ sessionId }) => ({ sessionId, cancelled: true, turnId: 'T' }));
  assert.equal((await holdfast(['cancel', 'abc'], channel)).exitCode, 0);
  assert.equal(channel.last('session/cancel').params['sessionId'], 'abc-1');
  const ambiguous = await holdfast(['cancel', 'ab'], channel);
  assert.equal(ambiguous.exitCode, 2);
  assert.match(ambiguous.err, /names 2 sessions: abc-1 .*abd-2/);
  const unknown = await holdfast(['cancel', 'x'], channel);
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.err, /no session begins with "x"/);
});

test('prompt prints the turn’s id; with --wait it shows its own turn and exits as it ended', async () => {
  const channel = setup('abc');
  playTurn(channel, said, 'failed');
  const quick = await holdfast(['prompt', 'abc', 'go', 'on'], channel);
  assert.deepEqual([quick.exitCode, quick.out], [0, 'T\n']);
  assert.deepEqual(channel.last('session/resume').params['cursor'], { journal, seq: 1 });
  const waited = await holdfast(['prompt', 'abc', 'go', '--wait'], channel);
  assert.deepEqual([waited.exitCode, waited.out], [1, 'Hello\n']);
});

test('command passes one word as a line, and quotes several', async () => {
  const channel = setup('abc');
  channel.answers.set('session/command', ({ sessionId }) => ({ sessionId, turnId: 'T', queued: false }));
  await holdfast(['command', 'abc', '--', 'ls | wc'], channel);
  assert.equal(channel.last('session/command').params['command'], 'ls | wc');
  await holdfast(['command', 'abc', '--', 'grep', '-n', "it's me"], channel);
  assert.equal(channel.last('session/command').params['command'], `grep -n 'it'\\''s me'`);
  assert.equal((await holdfast(['command', 'abc'], channel)).exitCode, 2);
});

test('attach --no-follow shows the transcript from the beginning up to its end', async () => {
  const channel = setup('abc');
  const head = headAfter(started('abc'), notice('abc', 2));
  channel.answers.set('session/attach', () => ({ sessions: [attached('abc', 0, { head })] }));
  const shown = holdfast(['attach', 'abc', '--no-follow', '--json'], channel);
  await new Promise((resolve) => setImmediate(resolve));
  channel.events(started('abc'), notice('abc', 2));
  const { exitCode, out } = await shown;
  assert.equal(exitCode, 0);
  assert.deepEqual(
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { seq: number }).seq),
    [1, 2],
  );
});

test('attach --since begins after a number, and takes one beyond the end for the end', async () => {
  const channel = setup('abc');
  channel.answers.set('session/attach', () => ({ sessions: [attached('abc', 1)] }));
  assert.equal((await holdfast(['attach', 'abc', '--since', '99', '--no-follow'], channel)).exitCode, 0);
  assert.deepEqual(channel.last('session/attach').params['sessions'], [
    { sessionId: 'abc', cursor: { journal, seq: 1 } },
  ]);
  assert.equal((await holdfast(['attach', 'abc', '--since', 'x'], channel)).exitCode, 2);
});

test('attach follows until the session has ended', async () => {
  const channel = setup('abc');
  channel.answers.set('session/attach', () => ({ sessions: [attached('abc', 0)] }));
  const shown = holdfast(['attach', 'abc'], channel);
  await new Promise((resolve) => setImmediate(resolve));
  channel.events(
    started('abc'),
    notice('abc', 2, 'news'),
    envelope('abc', 3, { type: 'session.ended', reason: 'done' }),
  );
  const { exitCode, out } = await shown;
  assert.deepEqual([exitCode, out], [0, 'news\nsession ended: done\n']);
});

test('answer finds the option by id, name or number, and refuses what is none', async () => {
  const channel = setup('abc');
  channel.answers.set('session/get', ({ sessionId }) => ({
    sessionId,
    cursor: { journal, seq: 2 },
    head: headAfter(started('abc'), permission('abc', 2, 'interaction-1')),
  }));
  channel.answers.set('session/answer', ({ sessionId, interactionId, answer }) => ({
    sessionId,
    interactionId,
    settlement: { outcome: 'answered', answer },
  }));
  for (const word of ['yes', 'Yes', '1']) {
    assert.equal((await holdfast(['answer', 'abc', 'inter', word], channel)).exitCode, 0);
    const { params } = channel.last('session/answer');
    assert.deepEqual(
      [params['interactionId'], params['answer']],
      ['interaction-1', { kind: 'option', optionId: 'yes' }],
    );
  }
  const refused = await holdfast(['answer', 'abc', 'inter', 'perhaps'], channel);
  assert.equal(refused.exitCode, 2);
  assert.match(refused.err, /"perhaps" is no answer to "May I\?"/);
});

test('end says that --force helps when a turn runs', async () => {
  const channel = setup('abc');
  const failing = holdfast(['end', 'abc'], channel);
  await new Promise((resolve) => setImmediate(resolve));
  channel.last('session/end').fail(new HoldfastError('sessionBusy', 'a turn runs in the session'));
  const { exitCode, err } = await failing;
  assert.equal(exitCode, 1);
  assert.equal(err, 'holdfast: a turn runs in the session\n--force cancels the turn first.\n');
});

test('runtime status starts nothing: without a runtime it says so and exits 1; stop has nothing to do', async () => {
  const none = async (argv: string[]) => {
    const { terminal, written } = fakeTerminal();
    const exitCode = await runProgram(argv, {
      terminal,
      version: '',
      connect: async ({ mayLaunch }) => {
        assert.equal(mayLaunch, false);
        throw new HoldfastError('runtimeUnreachable', 'no runtime is running');
      },
    });
    return { exitCode, ...written };
  };
  const status = await none(['--home', '/some/home', 'runtime', 'status', '--json']);
  assert.deepEqual([status.exitCode, status.out], [1, '']);
  assert.match(status.err, /no runtime is running for .*some.home/);
  assert.equal((await none(['runtime', 'stop'])).exitCode, 0);
});

test('runtime stop is refused while something runs, with the reason and what helps', async () => {
  const channel = setup();
  channel.answers.set('runtime/retire', ({ force }) =>
    force === true ? { retiring: true } : { retiring: false, reason: '2 turns run' },
  );
  const refused = await holdfast(['runtime', 'stop'], channel);
  assert.equal(refused.exitCode, 1);
  assert.match(refused.err, /2 turns run\n--force/);
  const forced = await holdfast(['runtime', 'stop', '--force'], channel);
  assert.deepEqual([forced.exitCode, forced.err], [0, 'stopped\n']);
});

test('a command line that is wrong exits 2 in one line and sends nothing', async () => {
  const channel = setup();
  for (const argv of [
    ['bogus'],
    ['run'],
    ['run', '--bogus', 'x'],
    ['ls', 'extra'],
    ['prompt'],
    ['answer', 'a', 'b'],
    ['runtime', 'dance'],
    [],
  ]) {
    const { exitCode, out, err } = await holdfast(argv, channel);
    assert.equal(exitCode, 2, argv.join(' '));
    assert.equal(out, '');
    assert.match(err, /^holdfast: .+\n/);
    assert.doesNotMatch(err, /\n {4}at /, 'no stack trace');
  }
  assert.deepEqual(channel.requests, []);
});

test('help and version need no runtime', async () => {
  const channel = setup();
  const all = await holdfast(['--help'], channel);
  assert.equal(all.exitCode, 0);
  for (const name of [
    'run',
    'new',
    'ls',
    'show',
    'prompt',
    'command',
    'attach',
    'answer',
    'cancel',
    'end',
    'agents',
    'runtime',
  ]) {
    assert.match(all.out, new RegExp(`^  ${name} `, 'm'));
    const { exitCode, out } = await holdfast([name, '--help'], channel);
    assert.equal(exitCode, 0);
    assert.match(out, new RegExp(`^usage: holdfast ${name}`));
  }
  assert.equal((await holdfast(['--version'], channel)).out, '1.2.3\n');
  assert.deepEqual(channel.requests, []);
});

test('an error of the runtime is one line without a stack trace', async () => {
  const channel = setup();
  const failing = holdfast(['new', '--agent', 'nope'], channel);
  channel.answers.delete('session/create');
  await new Promise((resolve) => setImmediate(resolve));
  channel.last('session/create').fail(new HoldfastError('agentUnknown', 'there is no agent nope'));
  const { exitCode, err } = await failing;
  assert.deepEqual([exitCode, err], [1, 'holdfast: there is no agent nope\n']);
});
