import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import type { EventOf, EventType } from '../../../src/protocol/events.ts';
import type { InteractionId, SessionId, ToolCallId } from '../../../src/protocol/ids.ts';
import type { Interaction } from '../../../src/protocol/interaction.ts';
import type { ToolCallFields } from '../../../src/protocol/toolCall.ts';
import { RuleStore } from '../../../src/runtime/ruleStore.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { runtimeInMemory, turns, type Asked, type Client } from './runtimeInMemory.ts';

const sessionId = 's' as SessionId;
const content = [{ type: 'text' as const, text: 'go' }];
const options = [
  { optionId: 'once', name: 'Allow', kind: 'allow_once' },
  { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
];
const question: Interaction = {
  kind: 'question',
  title: 'Which?',
  questions: [{ questionId: 'q', text: 'Which?', options: [], multiSelect: false, freeText: true }],
};

function folder(context: TestContext): string {
  const made = realpathSync(mkdtempSync(path.join(tmpdir(), 'hp-')));
  context.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function setUp(
  context: TestContext,
  {
    create = {},
    prompt = {},
    ...given
  }: { create?: object; prompt?: object; clock?: ManualClock; rules?: RuleStore } = {},
) {
  const cwd = folder(context);
  const memory = await runtimeInMemory(context, given);
  const client = await memory.connect({ name: 'Anna' });
  await client.request('session/create', { sessionId, cwd, ...create });
  await client.request('session/prompt', { sessionId, content, ...prompt });
  await turns();
  const asked = memory.asked[0] ?? assert.fail('no prompt came to the agent');
  const head = () => memory.journal.head(sessionId)?.head ?? assert.fail('no head');
  return { ...memory, cwd, client, agent: asked, head, ...asking(asked, head) };
}

let calls = 0;

function asking(agent: Asked, head: () => { interactions: readonly { interactionId: InteractionId }[] }) {
  /** Asks for permission for a tool call; gives what it was settled with, or `open` while it waits. */
  const permission = async (fields: ToolCallFields) => {
    const toolCallId = `call-${calls++}` as ToolCallId;
    agent.emit({ type: 'toolCall.started', toolCallId, status: 'pending', ...fields });
    const title = fields.title ?? 'A call';
    const settled = agent.ask({ kind: 'permission', title, toolCallId, options });
    await turns();
    return Promise.race([settled, turns(1).then(() => 'open' as const)]);
  };
  const run = (command: string) => permission({ kind: 'execute', title: command, rawInput: { command } });
  const touch = (kind: 'edit' | 'read' | 'delete', file: string) =>
    permission({ kind, title: file, locations: [{ path: file }] });
  const open = () => head().interactions.at(-1)?.interactionId ?? assert.fail('nothing is open');
  return { permission, run, touch, open };
}

const chosen = (optionId: string) => ({ outcome: 'answered', answer: { kind: 'option', optionId } });

function all<T extends EventType>({ events }: Client, type: T): EventOf<T>[] {
  return events.flatMap(({ event }) => (event.type === type ? [event as EventOf<T>] : []));
}

test('a rule is previewed with its exact text, saved with the answer, and answers the next request with an event that names it (W5)', async (context) => {
  const { client, run, open, head } = await setUp(context);
  assert.equal(await run('npm test'), 'open');
  const preview = head().interactions[0]?.rulePreviews?.[0] ?? assert.fail('no preview');
  assert.equal(preview.text, 'Allow running exactly “npm test”, for agent fake, in this session');
  const { optionId, rule: saveRule } = preview;
  const { rule } = await client.request('session/answer', {
    ...{ sessionId, interactionId: open(), answer: { kind: 'option', optionId }, saveRule },
  });
  assert.deepEqual(await run('npm test'), chosen('once'));
  assert.equal(await run('npm test; rm -rf /'), 'open', 'only what was shown is allowed');
  await turns();
  const [decided] = all(client, 'permission.decided');
  assert.deepEqual([decided?.ruleId, decided?.reason], [rule?.ruleId, `rule: ${preview.text}`]);
  assert.equal(all(client, 'rule.saved')[0]?.text, preview.text);
});

test('the arguments of a command belong to it: a rule for one command line allows no other (W5)', async (context) => {
  const { client, permission, open, head } = await setUp(context);
  const git = (args: unknown) =>
    permission({ kind: 'execute', title: 'git', rawInput: { command: 'git', args } });
  assert.equal(await git(['status']), 'open');
  const preview = head().interactions[0]?.rulePreviews?.[0] ?? assert.fail('no preview');
  assert.equal(preview.rule.pattern, 'git status');
  const { optionId, rule: saveRule } = preview;
  await client.request('session/answer', {
    ...{ sessionId, interactionId: open(), answer: { kind: 'option', optionId }, saveRule },
  });
  assert.deepEqual(await git(['status']), chosen('once'));
  assert.equal(await git(['push', '--force']), 'open');
  assert.equal(await git([' status']), 'open', 'words that are one argument are not the same as two');
});

test('a rule holds where its scope says, is listed with its text, and can be taken back (W5)', async (context) => {
  const rules = new RuleStore(path.join(folder(context), 'permissions.json'));
  const { client, run, open, head, cwd } = await setUp(context, { rules });
  await run('make');
  const preview =
    head().interactions[0]?.rulePreviews?.find(({ rule }) => rule.scope === 'workspace') ??
    assert.fail('no preview');
  await client.request('session/answer', {
    ...{ sessionId, interactionId: open(), answer: { kind: 'option', optionId: 'once' } },
    saveRule: preview.rule,
  });
  assert.deepEqual(await run('make'), chosen('once'));
  const { rules: listed } = await client.request('rule/list', {});
  assert.deepEqual(
    listed.map(({ text, workspace }) => [text, workspace]),
    [[preview.text, cwd]],
  );
  assert.equal(preview.text, `Allow running exactly “make”, for agent fake, in ${cwd}`);
  await client.request('rule/revoke', { ruleId: listed[0]?.ruleId ?? '' });
  assert.equal(await run('make'), 'open');
  await assert.rejects(client.request('rule/revoke', { ruleId: 'gone' }), { kind: 'ruleNotFound' });
});

test('a rule that is not about what was asked, or decides otherwise, is refused and nothing is settled (W5)', async (context) => {
  const { client, run, open, head } = await setUp(context);
  await run('npm test');
  const answer = (saveRule: object, optionId = 'once') =>
    client.request('session/answer', {
      ...{ sessionId, interactionId: open(), answer: { kind: 'option', optionId } },
      saveRule: { toolKind: 'execute', scope: 'always', decision: 'allow', ...saveRule } as never,
    });
  await assert.rejects(answer({ pattern: 'npm publish' }), { kind: 'invalidAnswer' });
  await assert.rejects(answer({ toolKind: 'edit' }), { kind: 'invalidAnswer' });
  await assert.rejects(answer({ pattern: 'npm *', match: 'glob' }, 'no'), { kind: 'invalidAnswer' });
  assert.equal(head().interactions.length, 1);
  assert.deepEqual((await client.request('rule/list', { sessionId })).rules, []);
});

test('a glob allows a simple command only, and a rule that rejects wins over one that allows (W5)', async (context) => {
  const rules = new RuleStore();
  const base = { toolKind: 'execute', match: 'glob', scope: 'always', createdAt: 1 } as const;
  rules.add({ ...base, ruleId: 'a', pattern: 'npm *', decision: 'allow' });
  rules.add({ ...base, ruleId: 'r', pattern: '*publish*', decision: 'reject' });
  const { run } = await setUp(context, { rules });
  assert.deepEqual(await run('npm run build'), chosen('once'));
  for (const more of [
    'npm x; id',
    'npm x && id',
    'npm x | sh',
    'npm $(id)',
    'npm `id`',
    'npm x > y',
    'npm x\nid',
  ])
    assert.equal(await run(more), 'open', more);
  assert.deepEqual(await run('npm publish'), chosen('no'));
  assert.deepEqual(await run('cd x; npm publish'), chosen('no'), 'rejecting is not for simple commands only');
});

test('each mode answers what it says and asks the rest (W5)', async (context) => {
  const { client, cwd, run, touch, head } = await setUp(context);
  const inside = path.join(cwd, 'new', 'a.txt');
  const outside = path.join(tmpdir(), 'elsewhere.txt');
  const answers = async () => [
    await touch('read', outside),
    await touch('edit', inside),
    await touch('edit', outside),
    await touch('delete', inside),
    await run('make'),
  ];
  const [yes, no] = [chosen('once'), chosen('no')];
  const expected = {
    ask: ['open', 'open', 'open', 'open', 'open'],
    allowReads: [yes, 'open', 'open', 'open', 'open'],
    allowEdits: [yes, yes, 'open', 'open', 'open'],
    allowAll: [yes, yes, yes, yes, yes],
    denyAll: [no, no, no, no, no],
  };
  for (const [permissionMode, answered] of Object.entries(expected)) {
    await client.request('session/configure', { sessionId, permissionMode: permissionMode as 'ask' });
    assert.deepEqual(await answers(), answered, permissionMode);
  }
  assert.equal(head().permissionModeBy?.name, 'Anna', 'who set it is known');
});

test('links are no way around a rule or a mode: neither into what is rejected nor out of what is allowed (W5)', async (context) => {
  const rules = new RuleStore();
  const base = { toolKind: 'edit', match: 'glob', scope: 'always', createdAt: 1 } as const;
  const { client, cwd, touch } = await setUp(context, { rules, create: { permissionMode: 'allowEdits' } });
  const outside = folder(context);
  for (const name of ['src', 'secrets']) mkdirSync(path.join(cwd, name));
  for (const [name, target] of [
    ['away', outside],
    ['nowhere-yet', path.join(outside, 'new.txt')],
    ['hidden', path.join(cwd, 'secrets')],
  ] as const)
    symlinkSync(target, path.join(cwd, 'src', name), name === 'nowhere-yet' ? 'file' : 'junction');
  const answers = async () => [
    await touch('edit', path.join(cwd, 'src', 'a.txt')),
    await touch('edit', path.join(cwd, 'src', 'away', 'a.txt')),
    await touch('edit', path.join(cwd, 'src', 'nowhere-yet')),
    await touch('edit', path.join(cwd, 'src', 'hidden', 'a.txt')),
  ];
  const [yes, no] = [chosen('once'), chosen('no')];
  assert.deepEqual(await answers(), [yes, 'open', 'open', yes], 'the mode');
  await client.request('session/configure', { sessionId, permissionMode: 'ask' });
  rules.add({ ...base, ruleId: 'a', pattern: 'src/**', decision: 'allow' });
  assert.deepEqual(await answers(), [yes, 'open', 'open', 'open'], 'a rule that allows');
  rules.add({ ...base, ruleId: 'r', pattern: 'secrets/*', decision: 'reject' });
  assert.deepEqual(await answers(), [yes, 'open', 'open', no], 'a rule that rejects');
});

test('while rules cannot be read nothing is allowed by a mode or by another rule, and the broken file is named and left alone (W5, law 10)', async (context) => {
  const file = path.join(folder(context), 'permissions.json');
  writeFileSync(file, '{ "rules": [ oh no');
  const { client, run, open } = await setUp(context, {
    rules: new RuleStore(file),
    create: { permissionMode: 'allowAll' },
  });
  assert.equal(await run('make'), 'open');
  await client.request('session/answer', {
    ...{ sessionId, interactionId: open(), answer: { kind: 'option', optionId: 'once' } },
    saveRule: { toolKind: 'execute', pattern: 'make', scope: 'session', decision: 'allow' },
  });
  assert.equal(await run('make'), 'open', 'a rule that cannot be read might reject it');
  const { rules, problem } = await client.request('rule/list', {});
  assert.deepEqual([rules, problem?.includes(file)], [[], true]);
  await assert.rejects(
    client.request('session/answer', {
      ...{ sessionId, interactionId: open(), answer: { kind: 'option', optionId: 'once' } },
      saveRule: { toolKind: 'execute', pattern: 'make', scope: 'always', decision: 'allow' },
    }),
    { kind: 'rulesUnreadable' },
  );
  writeFileSync(file, JSON.stringify({ rules: [] }));
  assert.deepEqual(await run('make'), chosen('once'), 'a repaired file is read again');
});

test('what a prompt said for when nobody is there holds only while nobody but its sender is (W5)', async (context) => {
  const { connect, run, touch, agent, cwd, client } = await setUp(context, {
    prompt: { origin: 'api', unattended: 'allowReads' },
  });
  assert.deepEqual(await touch('read', path.join(cwd, 'a')), chosen('once'));
  assert.deepEqual(await run('make'), chosen('no'));
  assert.equal((await agent.ask(question)).outcome, 'cancelled');
  assert.match(all(client, 'permission.decided').at(-1)?.reason ?? '', /nobody was there/u);
  const other = await connect({ name: 'Ben' });
  await other.request('session/attach', { sessions: [{ sessionId }] });
  assert.equal(await run('make'), 'open', 'somebody came who can answer');
});

test('a question waits no longer than its limit: first a warning, then it is settled, and others wait on (W4)', async (context) => {
  const clock = new ManualClock();
  const { client, agent, head } = await setUp(context, { clock, prompt: { waitLimitMs: 1000 } });
  const settled = agent.ask(question);
  await turns();
  assert.equal(head().interactions[0]?.expiresAt, clock.now() + 1000);
  clock.advance(750);
  await turns();
  assert.equal(head().interactions[0]?.warned, true);
  assert.equal(all(client, 'interaction.settled').length, 0);
  clock.advance(250);
  assert.deepEqual(await settled, { outcome: 'cancelled', reason: 'time limit' });
  await turns();
  assert.deepEqual([head().phase, head().interactions.length], ['running', 0]);
});

test('a limit of the session holds for prompts that set none, and is kept by a fork (W4)', async (context) => {
  const clock = new ManualClock();
  const { client, agent, head } = await setUp(context, {
    clock,
    create: { waitLimitMs: 500, permissionMode: 'denyAll' },
  });
  void agent.ask(question);
  await turns();
  assert.equal(head().interactions[0]?.expiresAt, clock.now() + 500);
  const fork = await client.request('session/fork', { sessionId });
  assert.deepEqual([fork.head.waitLimitMs, fork.head.permissionMode], [500, 'denyAll']);
});
