import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Item } from '../../../src/protocol/items.ts';
import { appendOutput, emptyOutput } from '../../../src/protocol/output.ts';
import { transcriptText } from '../../../src/protocol/transcriptText.ts';

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
