import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Settlement } from '../../../../src/protocol/interaction.ts';
import { fakeAgent } from '../../../support/fakeAgents/agents.ts';
import { open, start } from './harness.ts';

const answered = (answer: Answer): Settlement => ({ outcome: 'answered', answer });
const form = {
  mode: 'form',
  message: 'Who are you?',
  requestedSchema: {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer', default: 7 } },
    required: ['name'],
  },
};

const settlements: readonly (readonly [string, Settlement, object])[] = [
  [
    'values are accepted with the defaults',
    answered({ kind: 'values', values: { name: 'Ada' } }),
    { action: 'accept', content: { name: 'Ada', age: 7 } },
  ],
  ['a rejection declines', answered({ kind: 'reject' }), { action: 'decline' }],
  ['a dismissal cancels', answered({ kind: 'dismiss' }), { action: 'cancel' }],
  ['a cancelled turn cancels', { outcome: 'cancelled', reason: 'stopped' }, { action: 'cancel' }],
];
for (const [title, settlement, said] of settlements) {
  test(`A4: of a form, ${title}`, async () => {
    await using agent = await start(fakeAgent('scripted'));
    const { host, type } = await open(agent, { answer: () => settlement });
    await type(`elicit ${JSON.stringify({ ...form, toolCallId: 'call' })}`);
    const [interaction] = host.interactions;
    assert.ok(interaction?.kind === 'form');
    assert.equal(interaction.title, 'Who are you?');
    assert.equal(
      interaction.toolCallId,
      host.of('toolCall.started')[0]?.toolCallId,
      'bound to the call that asks',
    );
    assert.deepEqual(JSON.parse(host.said), said);
  });
}

test('W1: Claude’s AskUserQuestion is a question with all its options, and own words go beside the choice', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const oneOf = [
    { const: 'Red', title: 'Red', description: 'warm' },
    { const: 'Blue', title: 'Blue' },
  ];
  const own = { type: 'string', title: 'Other', description: 'Type your own answer' };
  const asked = {
    mode: 'form',
    toolCallId: 'toolu_1',
    message: 'Please answer the following questions.',
    requestedSchema: {
      type: 'object',
      properties: {
        question_0: { type: 'string', title: 'Colour', description: 'Which colour?', oneOf },
        question_0_custom: own,
        question_1: {
          type: 'array',
          title: 'Sizes',
          description: 'Which sizes?',
          items: { anyOf: [{ const: 'S', title: 'S' }] },
        },
        question_1_custom: own,
      },
    },
  };
  const values = { question_0: 'teal', question_1: ['S', 'XXL'] };
  const { host, type } = await open(agent, { answer: () => answered({ kind: 'values', values }) });
  await type(`elicit ${JSON.stringify(asked)}`);
  const [interaction] = host.interactions;
  assert.ok(interaction?.kind === 'question');
  assert.equal(interaction.toolCallId, host.of('toolCall.started')[0]?.toolCallId);
  assert.deepEqual(interaction.questions, [
    {
      questionId: 'question_0',
      text: 'Which colour?',
      header: 'Colour',
      options: [
        { optionId: 'Red', label: 'Red', description: 'warm' },
        { optionId: 'Blue', label: 'Blue' },
      ],
      multiSelect: false,
      freeText: true,
    },
    {
      questionId: 'question_1',
      text: 'Which sizes?',
      header: 'Sizes',
      options: [{ optionId: 'S', label: 'S' }],
      multiSelect: true,
      freeText: true,
    },
  ]);
  assert.deepEqual(JSON.parse(host.said), {
    action: 'accept',
    content: { question_0_custom: 'teal', question_1: ['S'], question_1_custom: 'XXL' },
  });
});

for (const place of ['meta', 'input']) {
  test(`W1: questions in a permission request’s ${place} are questions, and their answers go back with the option that allows`, async () => {
    await using agent = await start(fakeAgent('scripted'));
    const values = { 0: '1', 1: ['0', 'huge'] };
    const { host, type } = await open(agent, { answer: () => answered({ kind: 'values', values }) });
    await type(`questions ${place}`);
    const [interaction] = host.interactions;
    assert.ok(interaction?.kind === 'question');
    assert.deepEqual(
      interaction.questions.map(({ text, multiSelect }) => [text, multiSelect]),
      [
        ['Which colour?', false],
        ['Which sizes?', true],
      ],
    );
    assert.deepEqual(JSON.parse(host.said), {
      outcome: { outcome: 'selected', optionId: 'once' },
      answers: { 0: 'Blue', 1: 'S, huge' },
      _meta: { answers: { 'Which colour?': 'Blue', 'Which sizes?': 'S, huge' } },
    });
  });
}

test('law 10: questions that nobody answers are rejected like any permission', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent, { answer: () => answered({ kind: 'reject' }) });
  await type('questions meta');
  assert.deepEqual(JSON.parse(host.said), { outcome: { outcome: 'selected', optionId: 'no' } });
});

test('A4: a URL is shown whole, and consent, refusal and dismissal are told apart', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const answers: Answer[] = [{ kind: 'accept' }, { kind: 'reject' }, { kind: 'dismiss' }];
  const { host, type } = await open(agent, {
    answer: () => answered(answers.shift() ?? { kind: 'dismiss' }),
  });
  await type('url one\nurl two\nurl three');
  assert.equal(host.said, '{"action":"accept"}{"action":"decline"}{"action":"cancel"}');
  const [interaction] = host.interactions;
  assert.ok(interaction?.kind === 'url');
  assert.equal(interaction.url, 'https://example.com/sign-in');
});

test('A4: a URL that has done its work is no question any more', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent, {
    answer: (_, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve({ outcome: 'cancelled', reason: 'withdrawn' }));
      }),
  });
  await type('url soon');
  assert.equal(host.said, '{"action":"cancel"}');
});

test('law 10: what is no web page, and a way of asking that is not known, is cancelled and shown to nobody', async () => {
  await using agent = await start(fakeAgent('scripted'));
  const { host, type } = await open(agent);
  for (const asked of [
    { mode: 'url', elicitationId: 'x', url: 'file:///etc/passwd', message: '' },
    { mode: 'url', elicitationId: 'x', url: 'vscode://do.something', message: '' },
    { mode: 'telepathy', message: '' },
  ])
    await type(`elicit ${JSON.stringify(asked)}`);
  assert.equal(host.said, '{"action":"cancel"}'.repeat(3));
  assert.deepEqual(host.interactions, []);
});

test('A4: what is asked while the only session is being opened reaches its person at once', async () => {
  await using agent = await start(fakeAgent('asksWhileOpening'));
  const { host, type } = await open(agent, { answer: () => answered({ kind: 'accept' }) });
  assert.equal(host.interactions[0]?.kind, 'url');
  await type('go');
  assert.equal(host.said, 'accept');
});
