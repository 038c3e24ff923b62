import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Host } from '../../../src/webview/host.ts';
import { PageStore } from '../../../src/webview/store.ts';
import { FakeSession } from '../../page/support/fakeSession.ts';

Object.assign(globalThis, {
  window: { innerWidth: 320, innerHeight: 720 },
  document: { visibilityState: 'visible' },
});

/** A page on which a session was seen up to an event. */
function pageThatSaw(seq: number): PageStore {
  const host: Pick<Host, 'remember' | 'post'> & { readonly seen: Pick<Host['seen'], 'of' | 'saw'> } = {
    seen: { of: () => seq, saw: () => {} },
    remember: () => {},
    post: () => {},
  };
  return new PageStore(host as Host);
}

test('what went on while a person was away begins with a row that is shown, not with the notice that the failed turn stands for (U3)', () => {
  const session = new FakeSession().prompt('go').say('before');
  const seen = session.envelopes.length;
  const live = pageThatSaw(seen);
  live.receive(session.snapshot());
  session.onEnvelope = (envelope) =>
    live.receive({ type: 'events', sessionId: session.sessionId, envelopes: [envelope] });
  const failure = { kind: 'agentFailed', message: 'Claude Code exited with code 1.' };
  session.endTurn('failed', { failure });
  session.emit('session.detached', { reason: failure.message, failure });
  session.prompt('what waited').say('meanwhile');

  const loaded = pageThatSaw(seen);
  loaded.receive(session.snapshot());
  const first = loaded.newFrom.peek();
  const row = first === undefined ? undefined : loaded.row(first)?.peek();
  assert.deepEqual(row?.kind === 'message' && row.content, [{ type: 'text', text: 'what waited' }]);
  assert.deepEqual(loaded.sections.peek(), live.sections.peek(), 'loaded, it stands as it came');
});
