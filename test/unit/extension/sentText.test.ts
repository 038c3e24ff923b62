import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sessionIdIn } from '../../../src/extension/linkPath.ts';
import { codeText, pathText, printedText, problemsText } from '../../../src/extension/sentText.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { insertText, joined, offerInsert } from '../../../src/webview/insert.ts';

test('what is sent says where it stands, and nothing in it ends its fence (U5)', () => {
  assert.equal(pathText(['src/a.ts', 'docs']), '`src/a.ts` `docs` ');
  assert.equal(
    codeText({
      language: 'markdown',
      code: '```js\n1\n```',
      place: { path: 'a.md', from: 3, to: 5 },
    }),
    '`a.md:3-5`\n````markdown\n```js\n1\n```\n````\n',
  );
  assert.equal(codeText({ language: 'c', code: 'f();' }), '```c\nf();\n```\n', 'without a place');
  assert.equal(pathText(['a`b.md', '`c``', 'd']), '``a`b.md`` ``` `c`` ``` `d` ');
  assert.equal(printedText('error: no\n\n'), '```console\nerror: no\n```\n');
});

test('problems are named with their place, their source and the line itself (U5)', () => {
  const problem = { message: 'no such\nname', source: 'ts', line: 7, code: '  foo();' };
  const text = problemsText({ path: 'a.ts', language: 'typescript' }, [problem, { ...problem, line: 9 }]);
  assert.match(text, /^Fix these problems:\n- `a\.ts:7` \(ts\): no such name\n```typescript\nfoo\(\);\n```/);
  assert.match(text, /`a\.ts:9`/);
});

test('inserted text comes behind what is written already', () => {
  assert.equal(joined('', 'new'), 'new');
  assert.equal(joined('old', 'new'), 'old\nnew');
  assert.equal(joined('old\n', 'new'), 'old\nnew');
});

test('inserted text goes into the composer of its session, else to what is kept of its draft, and into no other', () => {
  const [a, b] = ['a', 'b'] as SessionId[] as [SessionId, SessionId];
  const kept = new Map<SessionId, string>([[b, 'written before']]);
  const drafts = {
    kept: (_key: 'drafts', sessionId: SessionId) => kept.get(sessionId),
    keep: (_key: 'drafts', sessionId: SessionId, text: string) => void kept.set(sessionId, text),
  };
  const taken: string[] = [];
  const leave = offerInsert(a, { take: (text) => void taken.push(text) });
  insertText(drafts, b, 'one');
  insertText(drafts, b, 'two');
  insertText(drafts, a, 'now');
  leave();
  insertText(drafts, a, 'later');
  assert.deepEqual(taken, ['now']);
  assert.deepEqual(Object.fromEntries(kept), { a: 'later', b: 'written before\none\ntwo' });
});

test('a link to a session has its id, and every other path has none (U5)', () => {
  assert.equal(sessionIdIn('/session/3f2a-b'), '3f2a-b');
  for (const path of ['', '/', '/session/', '/session/a/b', '/session/a b', '/other/a', 'session/a'])
    assert.equal(sessionIdIn(path), undefined, path);
});
