import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { editor, window } from '../../support/fakeVscode.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';

const { answerInteraction } = await import('../../../src/extension/answer.ts');

beforeEach(() => editor.reset());

test('Enter in the empty box of a question is an empty answer, and Escape is none (U1, A4)', async (t) => {
  const question = { questionId: 'why', text: 'Why?', options: [], multiSelect: false, freeText: true };
  const interaction = { kind: 'question', questions: [question] };
  const answers: unknown[] = [];
  const connection = {
    request: (method: string, { answer }: { readonly answer: unknown }) => {
      if (method === 'session/answer') answers.push(answer);
      return Promise.resolve({ head: { title: 'One', interactions: [{ interactionId: 'i', interaction }] } });
    },
  } as unknown as Parameters<typeof answerInteraction>[0];
  const typed = ['', undefined];
  t.mock.method(window, 'showInputBox', () => Promise.resolve(typed.shift()));
  assert.equal(await answerInteraction(connection, 'one' as SessionId), 'done');
  assert.equal(await answerInteraction(connection, 'one' as SessionId), 'dismissed');
  assert.deepEqual(answers, [{ kind: 'values', values: { why: '' } }]);
});
