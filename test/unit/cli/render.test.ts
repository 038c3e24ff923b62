import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain, Renderer } from '../../../src/cli/render.ts';
import { parseEnvelope } from '../../../src/protocol/parseEnvelope.ts';
import { envelope, notice, started } from '../client/fakeChannel.ts';
import { fakeTerminal } from './fakeTerminal.ts';

function render(
  events: object[],
  options: { isTTY?: boolean; asides?: 'stdout' | 'stderr'; env?: NodeJS.ProcessEnv } = {},
) {
  const { isTTY = false, asides = 'stderr', env = {} } = options;
  const { terminal, written } = fakeTerminal({ isTTY, env });
  const renderer = new Renderer(terminal, { asides, prompts: asides === 'stdout' });
  for (const [index, event] of events.entries())
    renderer.render(parseEnvelope(envelope('S', index + 2, event)));
  renderer.finish();
  return written;
}

const text = (words: string) => ({ type: 'text', text: words });
const say = (messageId: string, words: string, role = 'agent') => ({
  type: 'message.started',
  messageId,
  role,
  content: [text(words)],
});
const more = (messageId: string, words: string) => ({
  type: 'message.appended',
  messageId,
  content: text(words),
});
const printed = (words: string, stream = 'stdout') => ({
  type: 'commandRun.output',
  commandRunId: 'C',
  stream,
  text: words,
});

test('what the agent says goes to stdout as it comes, a line for each message', () => {
  const { out, err } = render([say('M', 'Hel'), more('M', 'lo'), say('N', 'Again')]);
  assert.deepEqual([out, err], ['Hello\nAgain\n', '']);
});

test('a completed message adds only what was not shown yet', () => {
  const completed = {
    type: 'message.completed',
    messageId: 'M',
    role: 'agent',
    content: [text('Hello, world')],
  };
  assert.equal(render([say('M', 'Hello'), completed]).out, 'Hello, world\n');
  assert.equal(render([completed]).out, 'Hello, world\n');
});

test('the output of a command is left as it is, each stream on its own', () => {
  const { out, err } = render([printed('\u001b[32mgreen'), printed('oops', 'stderr'), printed(' more')]);
  assert.equal(out, '\u001b[32mgreen more');
  assert.equal(err, 'oops\n');
});

test('a tool call is one line, and another when it goes wrong', () => {
  const call = (type: string, fields: object) => ({ type, toolCallId: 'T', ...fields });
  const { out, err } = render([
    call('toolCall.started', { title: 'Read a.txt' }),
    call('toolCall.updated', { status: 'in_progress' }),
    call('toolCall.ended', { status: 'failed' }),
  ]);
  assert.deepEqual([out, err], ['', '• Read a.txt\n• Read a.txt: failed\n']);
});

test('an agent cannot move the cursor of a terminal, in words or in titles', () => {
  const { out, err } = render(
    [
      say('M', 'a\u001b[2Jb\u0007\tc\nd'),
      { type: 'toolCall.started', toolCallId: 'T', title: 'x\u001b]0;title\u0007\ny' },
    ],
    {
      isTTY: true,
      env: { NO_COLOR: '1' },
    },
  );
  assert.equal(out, 'a[2Jb\tc\nd\n');
  assert.equal(err, '• x]0;title y\n');
  assert.equal(plain('a\r\nb\u009b1m'), 'a b1m');
});

test('colours are for a terminal, and not with NO_COLOR', () => {
  const failed = {
    type: 'turn.ended',
    turnId: 'T',
    outcome: 'failed',
    failure: { kind: 'x', message: 'it broke' },
  };
  assert.equal(render([failed]).err, 'it broke\n');
  assert.equal(render([failed], { isTTY: true }).err, '\u001b[31mit broke\u001b[39m\n');
  assert.equal(render([failed], { isTTY: true, env: { NO_COLOR: '1' } }).err, 'it broke\n');
});

test('a transcript shows prompts and everything else on stdout', () => {
  const { out, err } = render(
    [
      say('U', 'do it', 'user'),
      say('X', 'thinking', 'thought'),
      say('M', 'done'),
      { type: 'notice', level: 'info', text: 'fyi' },
    ],
    { asides: 'stdout' },
  );
  assert.deepEqual([out, err], ['> do it\nthinking\ndone\nfyi\n', '']);
});

test('events that this version does not know are passed over', () => {
  const { terminal, written } = fakeTerminal();
  const renderer = new Renderer(terminal, { asides: 'stderr', prompts: true });
  renderer.render(parseEnvelope(started('S')));
  renderer.render(parseEnvelope(envelope('S', 2, { type: 'from.the.future' })));
  renderer.render(parseEnvelope(notice('S', 3, 'known')));
  assert.deepEqual([written.out, written.err], ['', 'known\n']);
});

test('one failure that ends a session and its turn is told once, and again for the next prompt where prompts are shown', () => {
  const failure = { kind: 'agentStartFailed', message: 'It could not be started' };
  const turnId = 'T';
  const failed = [
    { type: 'turn.started', turnId, kind: 'prompt', origin: 'person' },
    { type: 'session.detached', reason: failure.message, failure },
    { type: 'turn.ended', turnId, outcome: 'failed', failure },
  ];
  const twice = [failed[1] ?? {}, ...failed, ...failed];
  const told = (written: string): number => written.split(failure.message).length - 1;
  assert.equal(told(render(twice).err), 1);
  assert.equal(told(render(twice, { asides: 'stdout' }).out), 3);
});
