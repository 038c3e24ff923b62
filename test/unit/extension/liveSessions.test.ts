import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveSessions, type SessionViewer } from '../../../src/extension/liveSessions.ts';
import type { WindowConnection } from '../../../src/extension/windowConnection.ts';
import { createRegistry } from '../../../src/client/index.ts';
import { attached, FakeChannel, idOf, notice } from '../client/fakeChannel.ts';

/** Sessions of a window whose runtime the test plays. */
function setup() {
  const channel = new FakeChannel().connect();
  const registry = createRegistry(channel, { log: () => undefined });
  const connection = {
    openSession: registry.open.bind(registry),
    session: registry.session.bind(registry),
    hostOf: () => undefined,
  };
  return { channel, live: new LiveSessions(connection as Partial<WindowConnection> as WindowConnection) };
}

function viewer(): SessionViewer & { readonly seen: number[] } {
  const seen: number[] = [];
  return {
    seen,
    onEvents: (envelopes) => void seen.push(...envelopes.map(({ seq }) => seq)),
    onReset: () => undefined,
    onLost: () => undefined,
  };
}

test('a page that joins a session anew before it has left it stays joined, and sees each event once', async () => {
  const { channel, live } = setup();
  channel.answers.set('session/attach', () => ({ sessions: [attached('S', 1)] }));
  const page = viewer();
  const first = live.join(idOf('S'), page);
  const again = live.join(idOf('S'), page);
  (await first).leave.dispose();
  const { session, leave } = await again;
  assert.equal(session.isOpen, true);
  channel.events(notice('S', 2));
  await new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve)));
  assert.deepEqual(page.seen, [2]);
  leave.dispose();
  assert.equal(session.isOpen, false, 'the last one who goes leaves it');
});
