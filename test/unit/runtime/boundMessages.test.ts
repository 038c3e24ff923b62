import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageId } from '../../../src/protocol/ids.ts';
import type { AgentEvent } from '../../../src/runtime/agent/agent.ts';
import { BoundMessages, MESSAGE_LENGTH } from '../../../src/runtime/boundMessages.ts';

const messageId = 'm' as MessageId;
const chunk = (text: string): AgentEvent => ({
  type: 'message.appended',
  messageId,
  content: { type: 'text', text },
});

/** What came of some events: for each message its role and its text. */
function through(events: readonly AgentEvent[]) {
  const out: AgentEvent[] = [];
  const bound = new BoundMessages((event) => out.push(event));
  for (const event of events) bound.push(event);
  const messages = new Map<MessageId, { role: string; text: string }>();
  for (const event of out) {
    if (event.type === 'message.started') {
      const text = event.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
      messages.set(event.messageId, { role: event.role, text });
    } else if (event.type === 'message.appended' && event.content.type === 'text') {
      const message = messages.get(event.messageId) ?? assert.fail('appended to nothing');
      message.text += event.content.text;
    }
  }
  return { out, messages: [...messages.values()] };
}

test('a message of usual length passes unchanged', () => {
  const events: AgentEvent[] = [
    { type: 'message.started', messageId, role: 'agent', content: [{ type: 'text', text: 'a' }] },
    chunk('b'),
    { type: 'usage.updated' },
    { type: 'message.completed', messageId, role: 'agent', content: [{ type: 'text', text: 'ab' }] },
  ];
  assert.deepEqual(through(events).out, events);
});

test('a message that runs away goes on in new ones of the same role, and nothing of it is lost (law 7)', () => {
  const pieces = Array.from({ length: 60 }, (_, index) => `${index} `.repeat(20_000));
  const started: AgentEvent = { type: 'message.started', messageId, role: 'thought', content: [] };
  const whole = pieces.join('');
  const { messages, out } = through([
    started,
    ...pieces.map(chunk),
    { type: 'message.completed', messageId, role: 'thought', content: [{ type: 'text', text: whole }] },
  ]);
  assert.equal(messages.length, Math.ceil(whole.length / MESSAGE_LENGTH));
  for (const { role, text } of messages) {
    assert.equal(role, 'thought');
    assert.ok(text.length <= MESSAGE_LENGTH);
  }
  assert.ok(messages.map(({ text }) => text).join('') === whole);
  assert.ok(
    out.every(({ type }) => type !== 'message.completed'),
    'what was told in pieces is not told again at once',
  );
});

test('one enormous piece is cut as well, never within a character', () => {
  const whole = `x${'😀'.repeat(MESSAGE_LENGTH)}`;
  const { messages } = through([
    { type: 'message.started', messageId, role: 'agent', content: [{ type: 'text', text: whole }] },
  ]);
  assert.equal(messages.length, 3);
  assert.ok(messages.map(({ text }) => text).join('') === whole);
  for (const { text } of messages) assert.doesNotMatch(text, /^[\udc00-\udfff]|[\ud800-\udbff]$/);
});
