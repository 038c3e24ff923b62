import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interaction } from '../../../../src/protocol/interaction.ts';
import { askBounded, MOST_QUESTION } from '../../../../src/runtime/agent/boundedQuestion.ts';
import { elicit } from '../../../../src/runtime/agent/elicitation.ts';
import { RecordingHost } from '../../../support/fakeAgents/recordingHost.ts';

const { signal } = new AbortController();
const long = 'x'.repeat(MOST_QUESTION);

test('a question too large to be kept open is dismissed, and a notice says so in words (A4, law 7)', async () => {
  const host = new RecordingHost(() => ({ outcome: 'answered', answer: { kind: 'reject' } }));
  const requestedSchema = { type: 'object', properties: { name: { type: 'string', description: long } } };
  const params = { mode: 'form', message: 'Who?', requestedSchema };
  assert.deepEqual(await elicit({ host, params, signal, call: undefined }), { action: 'cancel' });
  assert.deepEqual(host.interactions, []);
  assert.match(
    host.of('notice')[0]?.text ?? '',
    /dismissed: .* too large to be shown \(\d+ KiB; at most 64\)/u,
  );
});

test('a permission too large to be kept open loses the ends of its texts, and keeps its options (W1, law 7)', async () => {
  const host = new RecordingHost(() => ({
    outcome: 'answered',
    answer: { kind: 'option', optionId: 'no' },
  }));
  const permission: Interaction = {
    kind: 'permission',
    title: `Run ${long}`,
    description: long,
    options: [
      { optionId: 'yes', name: long, kind: 'allow_once' },
      { optionId: 'no', name: 'No', kind: 'reject_once' },
    ],
  };
  assert.equal((await askBounded(host, permission, signal)).outcome, 'answered');
  const [shown] = host.interactions;
  assert.ok(shown?.kind === 'permission' && JSON.stringify(shown).length <= MOST_QUESTION);
  assert.match(shown.title, /^Run x+ …$/u);
  assert.deepEqual(
    shown.options.map(({ optionId }) => optionId),
    ['yes', 'no'],
  );
  const options = [{ optionId: long, name: 'Yes', kind: 'allow_once' }];
  const settled = await askBounded(host, { ...permission, options }, signal);
  assert.equal(settled.outcome, 'cancelled', 'what the agent must be answered with cannot be cut');
  assert.equal(host.interactions.length, 1);
});
