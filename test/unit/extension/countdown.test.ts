import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../../../src/base/emitter.ts';
import type { SessionList } from '../../../src/extension/sessionList.ts';
import type { WindowConnection } from '../../../src/extension/windowConnection.ts';
import type { ConnectionView } from '../../../src/protocol/page.ts';
import { statusItems } from '../../support/fakeVscode.ts';

const { StatusPicker } = await import('../../../src/extension/statusPicker.ts');

test('the hover of the status bar counts down to the next attempt, and rests when there is none (U2, U8)', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  const views = new Emitter<ConnectionView>();
  let view: ConnectionView = { state: 'reconnecting', nextAttemptAt: 5_000 };
  const connection: Partial<WindowConnection> = {
    onView: views.listen,
    get view() {
      return view;
    },
  };
  const list: Partial<SessionList> = {
    counts: { working: 0, needsYou: 0, failed: 0 },
    onChange: () => ({ dispose: () => undefined }),
    sorted: () => [],
  };
  const picker = new StatusPicker({
    list: list as SessionList,
    connection: connection as WindowConnection,
  });
  t.after(() => picker.dispose());
  const said = (): string => /Next attempt in \d+/u.exec(statusItems.at(-1)?.tooltip?.value ?? '')?.[0] ?? '';
  assert.equal(said(), 'Next attempt in 5');
  t.mock.timers.tick(1_000);
  assert.equal(said(), 'Next attempt in 4');
  t.mock.timers.tick(1_000);
  assert.equal(said(), 'Next attempt in 3');
  view = { state: 'connected' };
  views.fire(view);
  assert.equal(said(), '');
  view = { state: 'reconnecting', nextAttemptAt: 60_000 };
  t.mock.timers.tick(5_000);
  assert.equal(said(), '', 'nothing looks again that does not count');
});
