import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_IN_HEAD } from '../../../../src/runtime/agent/headBounds.ts';
import { SessionSettings } from '../../../../src/runtime/agent/sessionSettings.ts';
import { Translator } from '../../../../src/runtime/agent/translate.ts';
import { RecordingHost } from '../../../support/fakeAgents/recordingHost.ts';

function translator({ replaying = false } = {}) {
  const host = new RecordingHost();
  const emit = host.emit.bind(host);
  const translate = new Translator(emit, new SessionSettings(emit), { replaying });
  const chunk = (text: string, change: { kind?: string; messageId?: string } = {}): void => {
    const { kind = 'agent_message_chunk', ...rest } = change;
    translate.update({ sessionUpdate: kind, content: { type: 'text', text }, ...rest });
  };
  const call = (sessionUpdate: string, fields: object): void =>
    translate.update({ sessionUpdate, toolCallId: 't', ...fields });
  const types = (): string[] => host.events.map(({ type }) => type);
  return { host, translate, chunk, call, types };
}

test('chunks without ids join until the role changes, a tool call begins or the turn ends', () => {
  const { host, chunk, call, translate, types } = translator();
  chunk('a');
  chunk('b');
  chunk('c', { kind: 'agent_thought_chunk' });
  chunk('d');
  call('tool_call', { title: 'T' });
  chunk('e');
  call('tool_call_update', { status: 'in_progress' });
  chunk('f');
  translate.turnEnded();
  chunk('g');
  assert.deepEqual(types(), [
    'message.started',
    'message.appended',
    'message.started',
    'message.started',
    'toolCall.started',
    'message.started',
    'toolCall.updated',
    'message.appended',
    'message.started',
  ]);
  assert.equal(host.said, 'abdefg');
});

test('another message id begins another message', () => {
  const { chunk, types } = translator();
  chunk('a', { messageId: '1' });
  chunk('b', { messageId: '1' });
  chunk('c');
  chunk('d', { messageId: '2' });
  assert.deepEqual(types(), ['message.started', 'message.appended', 'message.appended', 'message.started']);
});

test('an empty or unreadable chunk is nothing', () => {
  const { chunk, translate, types } = translator();
  chunk('');
  translate.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'hologram' } });
  translate.update({ sessionUpdate: 'agent_message_chunk' });
  translate.update({});
  assert.deepEqual(types(), []);
});

test('A1: an update of a kind that nobody knows is kept as it came; of a huge one, its size', () => {
  const { host, translate } = translator();
  const update = { sessionUpdate: 'from_the_future', content: { type: 'text', text: 'x' } };
  translate.update(update);
  const huge = { sessionUpdate: 'from_afar', data: 'x'.repeat(100_000) };
  translate.update(huge);
  assert.deepEqual(host.events, [
    { type: 'update.received', kind: 'from_the_future', update },
    { type: 'update.received', kind: 'from_afar', bytes: JSON.stringify(huge).length },
  ]);
});

test('A3: notices and compactions become rows; a compaction is told of in patches', () => {
  const { host, translate } = translator();
  const compaction = (fields: object): void =>
    translate.update({ sessionUpdate: 'compaction_update', compactionId: 'c', ...fields });
  translate.update({ sessionUpdate: 'notice', severity: 'warning', title: 'Slow', description: 'Wait.' });
  translate.update({ sessionUpdate: 'notice', severity: 'novel', title: 'Hm' });
  compaction({ status: 'in_progress' });
  const chunk = (text: string): void =>
    translate.update({
      sessionUpdate: 'compaction_summary_chunk',
      compactionId: 'c',
      content: { type: 'text', text },
    });
  chunk('We ');
  chunk('talked.');
  compaction({ status: 'completed' });
  compaction({ status: 'failed', summary: null, error: 'no room' });
  assert.deepEqual(
    host.of('notice').map(({ level, text }) => [level, text]),
    [
      ['warning', 'Slow\n\nWait.'],
      ['info', 'Hm'],
    ],
  );
  const [started] = host.of('compaction.started');
  assert.equal(host.of('compaction.started').length, 1);
  assert.deepEqual(
    host.of('compaction.ended').map(({ type: _, ...rest }) => rest),
    [
      { compactionId: started?.compactionId, status: 'completed', summary: 'We talked.' },
      { compactionId: started?.compactionId, status: 'failed', error: 'no room' },
    ],
  );
});

test('A3: a summary that goes on after its compaction’s end is told again as it grows, not with each piece', () => {
  const { host, translate } = translator();
  const compaction = (sessionUpdate: string, fields: object): void =>
    translate.update({ sessionUpdate, compactionId: 'c', ...fields });
  const chunk = (text: string): void =>
    compaction('compaction_summary_chunk', { content: { type: 'text', text } });
  compaction('compaction_update', { status: 'completed' });
  for (let piece = 0; piece < 5000; piece++) chunk('twenty characters ok');
  translate.turnEnded();
  const told = host.of('compaction.ended').map(({ summary = '' }) => summary.length);
  assert.equal(told.at(-1), 64 * 1024, 'all that is kept of it was told in the end');
  assert.ok(told.length < 50, `${told.length} times`);
  translate.turnStarted('next');
  assert.equal(host.of('compaction.ended').length, told.length, 'what was told is not told again');
});

test('an agent that repeats the prompt makes no second message of it; what it says beyond that is one', () => {
  const { host, chunk, translate } = translator();
  translate.turnStarted('fix the bug');
  chunk('fix the', { kind: 'user_message_chunk' });
  chunk(' bug', { kind: 'user_message_chunk' });
  assert.deepEqual(host.events, []);
  chunk('and a word from elsewhere', { kind: 'user_message_chunk' });
  assert.equal(host.text('user'), 'and a word from elsewhere');
});

test('A3: a tool call is upserted in whatever order it is told of', () => {
  const { host, call, types } = translator();
  call('tool_call_update', { status: 'in_progress', title: 'First heard' });
  call('tool_call', { title: 'Announced', kind: 'edit', status: 'in_progress' });
  call('tool_call_update', { content: [{ type: 'content', content: { type: 'text', text: '{"raw": 1}' } }] });
  call('tool_call_update', { status: 'completed', content: [], title: null });
  call('tool_call_update', { status: 'in_progress' });
  call('tool_call_update', { rawOutput: 'late' });
  assert.deepEqual(types(), [
    'toolCall.started',
    'toolCall.updated',
    'toolCall.updated',
    'toolCall.ended',
    'toolCall.updated',
  ]);
  assert.equal(new Set(host.events.map((event) => ('toolCallId' in event ? event.toolCallId : ''))).size, 1);
  const [started] = host.of('toolCall.started');
  assert.equal(started?.title, 'First heard');
  const [ended] = host.of('toolCall.ended');
  assert.deepEqual({ status: ended?.status, content: ended?.content }, { status: 'completed', content: [] });
  assert.deepEqual(host.of('toolCall.updated').at(-1)?.rawOutput, 'late');
});

test('A3: a tool call that is over when it is first heard of is started and ended', () => {
  const { host, call, types } = translator();
  call('tool_call', { title: 'Quick', status: 'failed', kind: 'unheard_of' });
  assert.deepEqual(types(), ['toolCall.started', 'toolCall.ended']);
  assert.equal(host.of('toolCall.started')[0]?.kind, 'other');
  assert.equal(host.of('toolCall.ended')[0]?.status, 'failed');
});

test('A3: what cannot be read of a tool call is left out singly, never the whole update', () => {
  const { host, call } = translator();
  const content = [
    { type: 'diff', path: '/a', newText: 'n' },
    { type: 'odd' },
    { type: 'terminal', terminalId: 'never-created' },
    null,
  ];
  call('tool_call', { title: 'T', status: 'odd', content, locations: [{ path: '/a' }, { line: 1 }, 'x'] });
  const [started] = host.of('toolCall.started');
  assert.deepEqual(started?.content, [
    { type: 'diff', path: '/a', newText: 'n' },
    { type: 'terminal', terminalId: 'never-created' },
  ]);
  assert.deepEqual(started?.locations, [{ path: '/a' }]);
  assert.equal(started?.status, 'pending');
});

test('an id that an agent uses again in a later turn is another tool call', () => {
  const { host, call, translate } = translator();
  translate.turnStarted('one');
  call('tool_call', { title: 'One', status: 'completed' });
  call('tool_call', { title: 'One again', status: 'completed' });
  translate.turnStarted('two');
  call('tool_call', { title: 'Two' });
  call('tool_call_update', { status: 'completed' });
  const started = host.of('toolCall.started');
  assert.deepEqual(
    started.map(({ title }) => title),
    ['One', 'Two'],
  );
  assert.equal(host.of('toolCall.ended').at(-1)?.toolCallId, started[1]?.toolCallId);
});

test('A2: the past of a loaded session adds nothing, its settings are taken', () => {
  const { host, chunk, call, translate, types } = translator({ replaying: true });
  chunk('old', { kind: 'user_message_chunk' });
  chunk('old');
  call('tool_call', { title: 'Old' });
  translate.update({ sessionUpdate: 'plan', entries: [] });
  translate.update({ sessionUpdate: 'current_mode_update', currentModeId: 'code' });
  assert.deepEqual(types(), ['session.configured']);
  translate.turnStarted('new');
  chunk('new');
  assert.equal(host.said, 'new');
});

test('settings that agents keep as config options are the session’s mode and model', () => {
  const host = new RecordingHost();
  const settings = new SessionSettings(host.emit.bind(host));
  const group = {
    group: 'g',
    name: 'G',
    options: [
      { value: 'small', name: 'Small' },
      { value: 'big', name: 'Big' },
    ],
  };
  settings.opened({
    modes: null,
    configOptions: [
      { id: 'm', name: 'Model', category: 'model', type: 'select', currentValue: 'small', options: [group] },
      { id: 'fast', name: 'Fast', type: 'boolean', currentValue: false },
      { broken: true },
    ],
  });
  const [configured] = host.of('session.configured');
  assert.equal(configured?.model, 'small');
  assert.deepEqual(
    configured?.models?.map(({ id }) => id),
    ['small', 'big'],
  );
  assert.equal(configured?.options?.length, 2);
  const requests = settings.requests({ model: 'big', options: { fast: true } });
  assert.deepEqual(
    requests.map(({ method, params }) => [method, params]),
    [
      ['session/set_config_option', { configId: 'fast', type: 'boolean', value: true }],
      ['session/set_config_option', { configId: 'm', value: 'big' }],
    ],
  );
});

test('models of their own are set by their own method', () => {
  const host = new RecordingHost();
  const settings = new SessionSettings(host.emit.bind(host));
  settings.opened({
    models: {
      currentModelId: 'a',
      availableModels: [
        { modelId: 'a', name: 'A' },
        { modelId: 'b', name: 'B' },
      ],
    },
  });
  const [request] = settings.requests({ model: 'b' });
  assert.deepEqual([request?.method, request?.params], ['session/set_model', { modelId: 'b' }]);
  request?.onAccepted({});
  assert.equal(host.of('session.configured').at(-1)?.model, 'b');
});

test('law 7: what an agent tells of itself is bounded before it comes to the head; what is of ordinary size stays whole', () => {
  const { host, translate } = translator();
  const many = <T>(make: (index: number) => T, count = 20_000) =>
    Array.from({ length: count }, (_, index) => make(index));
  const entry = { content: 'x'.repeat(300), priority: 'high', status: 'pending' };
  translate.update({ sessionUpdate: 'plan', entries: many(() => entry) });
  translate.update({
    sessionUpdate: 'available_commands_update',
    availableCommands: many((index) => ({ name: `c${index}`, description: 'y'.repeat(300) })),
  });
  const choices = many((index) => ({ value: `m${index}`, name: 'z'.repeat(300) }));
  const option = { id: 'model', name: 'Model', category: 'model', currentValue: 'm0', options: choices };
  translate.update({ sessionUpdate: 'config_option_update', configOptions: [option] });
  translate.update({ sessionUpdate: 'session_info_update', title: 't'.repeat(10_000) });
  assert.deepEqual(
    host.events.map(({ type }) => type),
    ['plan.updated', 'commands.updated', 'session.configured', 'session.renamed'],
  );
  for (const event of host.events) assert.ok(JSON.stringify(event).length <= MOST_IN_HEAD, event.type);
  const [plan] = host.events;
  assert.ok(plan?.type === 'plan.updated' && plan.entries.length > 100, 'the beginning is kept');
  translate.update({ sessionUpdate: 'plan', entries: many(() => entry, 300) });
  const whole = host.events.at(-1);
  assert.deepEqual(whole, { type: 'plan.updated', entries: many(() => entry, 300) });
});
