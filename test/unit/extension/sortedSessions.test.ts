import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { compareSessions, countSessions } from '../../../src/extension/sessionOrder.ts';
import { SortedSessions } from '../../../src/extension/sortedSessions.ts';
import type { Summary } from '../../../src/protocol/summary.ts';
import { summary } from './summary.ts';

const states = [
  { phase: 'idle', attention: 'none' },
  { phase: 'idle', attention: 'failed' },
  { phase: 'running', attention: 'working' },
  { phase: 'waiting', attention: 'needsYou' },
] as const;

/** A change of one of a few sessions: what it becomes, or that it goes. */
const changes = fc.array(
  fc.record({
    which: fc.integer({ min: 0, max: 7 }),
    state: fc.constantFrom(...states, undefined),
    archived: fc.boolean(),
    pinned: fc.boolean(),
    updatedAt: fc.integer({ min: 0, max: 300_000 }),
  }),
  { maxLength: 60 },
);

test('sessions that change one by one stand, and are counted, as if all were sorted anew (U1)', () => {
  fc.assert(
    fc.property(changes, (given) => {
      const known = new Map<number, Summary>();
      const sorted = new SortedSessions([]);
      for (const { which, state, ...more } of given) {
        const after = state && summary(`s${which}`, { ...state, ...more });
        const shown = sorted.rows;
        const copy = [...shown];
        sorted.change(known.get(which), after);
        assert.deepEqual(shown, copy, 'what was handed out stays');
        if (after === undefined) known.delete(which);
        else known.set(which, after);
        assert.deepEqual(sorted.rows, [...known.values()].sort(compareSessions));
        assert.deepEqual(sorted.counts, countSessions(known.values()));
      }
    }),
  );
});

test('a change among 10,000 sessions looks at a few of them (U1)', () => {
  let looks = 0;
  const many = Array.from({ length: 10_000 }, (_, index) => {
    const row = summary(`s${index}`, { updatedAt: index });
    return Object.defineProperty({ ...row }, 'updatedAt', { get: () => (looks++, index), enumerable: true });
  });
  const sorted = new SortedSessions(many);
  looks = 0;
  sorted.change(many[5_000], summary('s5000', { updatedAt: 20_000 }));
  assert.equal(sorted.rows[0]?.title, 's5000');
  assert.ok(looks < 500, `${looks} looks`);
});
