import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Item } from '../../../src/protocol/items.ts';
import { appendOutput, emptyOutput } from '../../../src/protocol/output.ts';
import { transcriptEnd, transcriptText } from '../../../src/protocol/transcriptText.ts';

test('a transcript reads as a document: who said what, what was done, and what was printed (J7)', () => {
  const row = (more: object): Item =>
    ({ itemId: 'i', position: 1, seq: 1, at: 0, ...more }) as unknown as Item;
  const said = (role: string, text: string): Item =>
    row({ kind: 'message', role, content: [{ type: 'text', text }], done: true });
  const text = transcriptText(
    { title: 'Tides', agent: { id: 'a', name: 'Agent' } as never, cwd: '/w', createdAt: 0 },
    [
      said('user', 'Mend it'),
      said('thought', 'Hm\nwell'),
      said('agent', 'Done.'),
      row({ kind: 'toolCall', title: 'Edit a.ts', toolKind: 'edit', status: 'completed', content: [] }),
      row({
        kind: 'commandRun',
        command: 'npm test',
        output: appendOutput(emptyOutput, 'stdout', 'pass ```1\n'),
        exitCode: 0,
      }),
      row({ kind: 'notice', level: 'info', text: 'ended' }),
    ],
  );
  assert.equal(
    text,
    [
      '# Tides',
      'Agent · /w · 1970-01-01T00:00:00.000Z',
      '## You',
      'Mend it',
      '> Hm\n> well',
      'Done.',
      '**Edit a.ts** (completed)',
      '````console\n$ npm test\npass ```1\n````',
      'exit code 0',
      '*ended*\n',
    ].join('\n\n'),
  );
});

test('the end of a transcript is whole rows up to a bound, and says that something is left out (U3)', () => {
  const head = { title: 'Tides', agent: { id: 'a', name: 'Agent' } as never, cwd: '/w', createdAt: 0 };
  const said = (text: string): Item =>
    ({
      ...{ itemId: 'i', position: 1, seq: 1, at: 0, kind: 'message', role: 'agent', done: true },
      content: [{ type: 'text', text }],
    }) as unknown as Item;
  const items = [said('first'), said('second'), said('third')];
  const whole = transcriptEnd(head, items, { most: 1000, more: false });
  assert.equal(whole, transcriptText(head, items));
  const left = '*What came before this is left out.*';
  const end = transcriptEnd(head, items, { most: 15, more: false });
  assert.deepEqual(end.split('\n\n').slice(2), [left, 'second', 'third\n']);
  assert.match(transcriptEnd(head, items, { most: 1000, more: true }), /left out\.\*\n\nfirst/u);
  const long = transcriptEnd(head, [...items, said('x'.repeat(50))], { most: 20, more: false });
  assert.deepEqual(long.split('\n\n').slice(2), [left, `…${'x'.repeat(20)}\n`]);
  assert.equal(transcriptEnd(head, [], { most: 10, more: false }), transcriptText(head, []));
});
