import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../../../src/protocol/errors.ts';
import type { ResolvedAgent } from '../../../src/runtime/agent/agent.ts';
import { KnownSecrets } from '../../../src/runtime/knownSecrets.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { SessionSecrets } from '../../../src/runtime/sessionSecrets.ts';
import { ManualClock } from '../../support/manualClock.ts';

const given = (API_KEY: string): ResolvedAgent => ({
  record: { id: 'a', name: 'A', kind: 'acp' },
  env: { API_KEY, MODEL: 'small-and-quick' },
});

test('what a process was given is kept out of errors while it runs, and a minute longer for those that tell of its end (C5)', () => {
  const clock = new ManualClock();
  const known = new KnownSecrets(clock);
  const process = known.process();
  process.addGiven(given('wave-one'));
  const said = (): string =>
    known.redactError(new HoldfastError('agentFailed', 'wave-one, small-and-quick')).message;
  assert.equal(said(), '[redacted], small-and-quick');
  process.dispose();
  clock.advance(59_000);
  assert.equal(said(), '[redacted], small-and-quick');
  clock.advance(1000);
  assert.equal(said(), 'wave-one, small-and-quick');
});

test('only so many ended processes are remembered, however fast they end; one that runs is never forgotten (C5, law 7)', () => {
  const known = new KnownSecrets(new ManualClock());
  const running = known.process();
  running.addGiven(given('wave-that-stays'));
  for (let count = 0; count < 65; count++) {
    const process = known.process();
    process.addGiven(given(`wave-number-${count}.`));
    process.dispose();
  }
  assert.equal(
    known.redact('wave-that-stays wave-number-0. wave-number-1. wave-number-64.'),
    '[redacted] wave-number-0. [redacted] [redacted]',
  );
});

test('where the secret of a session is the beginning of that of a process, nothing is left of the longer one (C5)', () => {
  const known = new KnownSecrets(new ManualClock());
  known.of(() => [
    new SessionSecrets(
      () => ({ env: { API_KEY: 'wave-one' } }),
      () => [],
    ),
  ]);
  const process = known.process();
  process.addGiven(given('wave-one-and-more'));
  assert.equal(known.redact('wave-one-and-more, wave-one'), '[redacted], [redacted]');
});

test('of words that were cut off for the log, most of a secret goes with the rest of it (C5)', () => {
  const known = new KnownSecrets(new ManualClock());
  known.process().addGiven(given('wave-one-and-more'));
  const told: string[] = [];
  const log = known.redacting({ ...silentLog, info: (text) => told.push(text) });
  log.info('said aside: wave-one-an');
  assert.deepEqual(told, ['said aside: [redacted]']);
});
