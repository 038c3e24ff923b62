import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversationTexts, sessionOf, sortConversations } from '../../../src/extension/conversations.ts';
import { english } from '../../../src/extension/words.ts';
import { summary } from './summary.ts';

const noon = Date.parse('2026-03-20T12:00:00Z');

test('conversations of an agent stand newest first, those without an age last, whatever the agent wrote (A2, U5)', () => {
  const given = [
    { agentSessionId: 'ageless' },
    { agentSessionId: 'old', updatedAt: '2026-03-01T09:00:00Z' },
    { agentSessionId: 'odd', updatedAt: 'a while ago' },
    { agentSessionId: 'new', updatedAt: '2026-03-20T13:30:00+02:00' },
  ];
  assert.deepEqual(
    sortConversations(given).map(({ agentSessionId }) => agentSessionId),
    ['new', 'old', 'ageless', 'odd'],
  );
});

test('a conversation shows its title and its age, and has a name where the agent gave none (A2, U5)', () => {
  const titled = { agentSessionId: 'a', title: ' The\n  tide ', updatedAt: '2026-03-20T11:55:00Z' };
  assert.deepEqual(conversationTexts(titled, noon, english), {
    label: 'The tide',
    description: '5 min ago',
  });
  const untitled = { agentSessionId: '0123456789', title: ' ', updatedAt: 'never' };
  assert.deepEqual(conversationTexts(untitled, noon, english), {
    label: 'Untitled conversation 01234567',
    description: '',
  });
});

test('a conversation that is a session already is known by its agent and its id together (A2)', () => {
  const sessions = [
    summary('other', { agent: { id: 'flow', name: 'Flow' }, agentSessionId: 'one' }),
    summary('this', { agent: { id: 'ebb', name: 'Ebb' }, agentSessionId: 'one' }),
    summary('none', { agent: { id: 'ebb', name: 'Ebb' } }),
  ];
  assert.equal(sessionOf({ agentSessionId: 'one' }, 'ebb', sessions)?.title, 'this');
  assert.equal(sessionOf({ agentSessionId: 'two' }, 'ebb', sessions), undefined);
});
