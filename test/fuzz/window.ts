import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Random } from '../support/seeded.ts';
import { fakeAgent, testHome } from '../support/testHome.ts';
import { Wire, wiredClient } from '../support/wire.ts';
import { everything } from './everything.ts';
import { Watcher } from './watcher.ts';

/** J1: many events through a window of one to four KiB, over a socket that is cut again and again in mid-frame. */
export async function throughWindow(t: TestContext, random: Random, events: number): Promise<void> {
  const home = testHome(t);
  const wire = await Wire.open(home);
  const agents = { counting: fakeAgent('counting') };
  const { registry } = wiredClient(home, wire, { creditBytes: random.between(1024, 4096), agents });
  const watcher = new Watcher();
  const { onEvent, onReset, onLost } = watcher;
  const session = await registry.open({ cwd: home.work, agent: 'counting', onEvent, onReset, onLost });
  wire.cutAfter(() => random.between(1, 64 * 1024));
  const turn = await session.prompt(String(events));
  await watcher.ended(turn.turnId);
  wire.cutAfter(undefined);
  assert.ok(wire.cuts >= 10, `${wire.cuts} cuts`);
  assert.equal(watcher.resets, 0);
  const counted = watcher.envelopes.flatMap(({ event }) =>
    event.type === 'usage.updated' ? [event.usedTokens] : [],
  );
  assert.deepEqual(
    counted,
    Array.from({ length: events }, (_, index) => index + 1),
    'each once, in order',
  );
  const journal = await everything(await home.connect(), session.id);
  await watcher.until(() => watcher.seq >= (journal.at(-1)?.seq ?? 0));
  watcher.verify(journal, 'the client');
}
