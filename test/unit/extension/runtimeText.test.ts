import assert from 'node:assert/strict';
import { test } from 'node:test';

import { runtimeFacts, runtimeHead } from '../../../src/extension/runtimeText.ts';
import { english } from '../../../src/extension/words.ts';
import type { ProcessId } from '../../../src/protocol/ids.ts';
import type { Result } from '../../../src/protocol/methods.ts';

const status: Result<'runtime/status'> = {
  pid: 12,
  buildId: 'b1',
  runtimeId: 'r',
  home: '/home/h',
  uptimeMs: 5_400_000,
  rssBytes: 50 * 1024 * 1024,
  protocol: { min: 1, max: 2 },
  socket: '/s',
  node: '24.0.0',
  sqlite: '3.51.3',
  clients: 2,
  sessions: { total: 5, running: 1, waiting: 2 },
  processes: [],
};

test('the document about the runtime says where it stands, what it is and what it runs (P7)', () => {
  const head = runtimeHead({ state: 'reconnecting', detail: 'gone' }, '/home/h', english);
  assert.equal(head, '# Holdfast runtime\n\n- connection: reconnecting — gone\n- data directory: /home/h\n');
  const facts = runtimeFacts(status, english);
  assert.match(facts, /^- process: 12, build b1, up 90 min, 50 MB\n- protocol: 1 to 2\n- socket: \/s\n/u);
  assert.match(
    facts,
    /\n- sessions: 5, of which 1 running and 2 waiting\n\n## Agent processes\n\nNone\.\n$/u,
  );
});

test('each agent process of the runtime is a row, and nothing of the document is English alone (P7, U6)', () => {
  const process = { processId: 'p' as ProcessId, pid: null, agent: 'shell', sessions: [], rssBytes: null };
  const processes = [{ ...process, ageMs: 9_400 }];
  const text = runtimeFacts({ ...status, processes }, english);
  assert.match(
    text,
    /\| process \| agent \| sessions \| memory \| age \|\n\| --- .*\n\| – \| shell \| 0 \| – \| 9 s \|\n$/u,
  );
  const marked = (words: string, ...values: (string | number)[]): string => `[${english(words, ...values)}]`;
  const said =
    runtimeHead({ state: 'connected' }, '/h', marked) + runtimeFacts({ ...status, processes }, marked);
  const plain = said.replaceAll(/\[(?:[^[\]]|\[[^\]]*\])*\]/gu, '').replaceAll('shell', '');
  assert.doesNotMatch(plain, /[a-z]/iu, said);
});
