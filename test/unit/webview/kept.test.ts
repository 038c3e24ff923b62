import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { SessionId } from '../../../src/protocol/ids.ts';
import type { FromPage, PageState } from '../../../src/protocol/page.ts';
import { Aside } from '../../../src/webview/composer/aside.ts';
import { Host } from '../../../src/webview/host.ts';
import { typedIn, withinBound } from '../../../src/webview/kept.ts';

const session = (name: string | number): SessionId => `session ${name}` as SessionId;

/** The page's way to the extension, what it said there, and what it kept. */
function page() {
  Object.assign(globalThis, { window: { addEventListener: () => {} } });
  const said: FromPage[] = [];
  let state: PageState | undefined;
  const host = new Host({
    postMessage: (message) => said.push(message),
    getState: () => state,
    setState: (next) => (state = next),
  });
  const unkept = (): readonly (readonly [SessionId, string])[] =>
    said.flatMap((message) => (message.type === 'letGo' ? [[message.sessionId, message.text] as const] : []));
  return { host, unkept };
}

/** What stands in the composer of a session, and what made room for something else there. */
function composer(text: string) {
  const { host, unkept } = page();
  const signalOf = <T>(value: T) => ({ value, peek: () => value });
  const model = {
    ...{ page: { host }, sessionId: session('ebb'), empty: false },
    ...{ text: signalOf(text), attachments: signalOf([]), options: signalOf({}) },
  };
  const aside = new Aside(model as unknown as ConstructorParameters<typeof Aside>[0]);
  const put = (next: string): void => {
    model.text = signalOf(next);
    aside.put('');
  };
  return { aside, put, host, unkept };
}

test('drafts of however many sessions are kept, until they are too much, and then the oldest is offered (U3)', () => {
  const { host, unkept } = page();
  for (let at = 0; at < 500; at++) host.keep('drafts', session(at), `draft ${at}`);
  assert.equal(host.kept('drafts', session(0)), 'draft 0');
  assert.deepEqual(unkept(), []);
  const long = 'x'.repeat(1024 * 1024);
  host.keep('drafts', session('long'), long);
  assert.equal(host.kept('drafts', session('long')), long, 'what is being typed is kept however long it is');
  assert.deepEqual(unkept()[0], [session(0), 'draft 0']);
  assert.equal(unkept().length, 500);
});

test('all that made room in a composer is found again, until it is too much, and then the oldest is offered (U3)', () => {
  const { aside, put, host, unkept } = composer('');
  for (let at = 0; at < 100; at++) put(`text ${at}`);
  assert.deepEqual([aside.all.length, host.kept('setAside', session('ebb'))?.length], [100, 100]);
  assert.deepEqual(unkept(), []);
  const release = aside.hold({ text: 'x'.repeat(512 * 1024), attachments: [], options: {} });
  assert.deepEqual(unkept(), [], 'what is being sent takes the place of nothing');
  release();
  assert.equal(aside.all.length, 100);
  put('y'.repeat(255 * 1024));
  const [[id, text] = []] = unkept();
  assert.equal(id, session('ebb'));
  assert.match(text ?? '', /^text 0\n\ntext 1\n\n/u);
  assert.equal(aside.all.at(-1)?.text.length, 255 * 1024);
});

test('what was typed is what is offered: texts, commands and answers, and nothing that was chosen (U3)', () => {
  const attachments = [{ icon: 'file', name: 'tides.md', block: { type: 'text' as const, text: 'chosen' } }];
  assert.equal(typedIn('a draft'), 'a draft');
  assert.equal(typedIn({ attachments, options: { after: [{ command: 'npm test' }] } }), 'npm test');
  assert.equal(
    typedIn([{ text: 'one', parts: { attachments, options: {} } }, { text: 'two' }]),
    'one\n\ntwo',
  );
  assert.equal(
    typedIn({ ['i' as never]: { name: 'Ada', agreed: true, why: ['tides', ' '] } }),
    'Ada\n\ntides',
  );
  assert.deepEqual(withinBound(['old', 'new'], 5), { stays: ['new'], goes: ['old'] });
  assert.deepEqual(withinBound([], 5), { stays: [], goes: [] });
});
