import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PaintedRows } from '../../../src/extension/paintedRows.ts';
import { tellApart, TellingApart, toldApart } from '../../../src/extension/sameTitle.ts';
import { groupSessions, type SessionGroup } from '../../../src/extension/sessionGroups.ts';
import { english } from '../../../src/extension/words.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import type { Summary } from '../../../src/protocol/summary.ts';
import { summary } from './summary.ts';

/** A session called Tides unless told otherwise, under an id of its own. */
const named = (id: string, more: Partial<Summary> = {}): Summary =>
  summary('Tides', { sessionId: id as SessionId, ...more });
const groups = (...sessions: Summary[]): SessionGroup[] => groupSessions(sessions, 0);

/** What is told of each session, in their order. */
function told(...sessions: Summary[]): string[] {
  const apart = tellApart(sessions);
  return sessions.map(({ sessionId, agent }) =>
    toldApart(agent.name, apart.get(sessionId), { t: english, language: 'en-GB' }),
  );
}

test('a title that one session has alone needs nothing beside it (U1)', () => {
  assert.deepEqual(told(named('a'), named('b', { title: 'Currents', cwd: '/srv' })), ['Shell', 'Shell']);
});

test('sessions of one title are told apart by their folders, as far as these differ (U1)', () => {
  const [ada, bob] = [
    named('a', { cwd: '/home/ada/tides' }),
    named('b', { cwd: 'C:\\work\\Bob\\currents\\' }),
  ];
  assert.deepEqual(told(ada, bob), ['tides · Shell', 'currents · Shell']);
  assert.deepEqual(told(ada, named('b', { cwd: '/home/bob/tides' })), [
    'ada/tides · Shell',
    'bob/tides · Shell',
  ]);
  assert.deepEqual(told(named('a', { cwd: '/1/x/y/z' }), named('b', { cwd: '/2/x/y/z' })), [
    '/1/x/y/z · Shell',
    '/2/x/y/z · Shell',
  ]);
  assert.deepEqual(told(named('a', { cwd: '/' }), named('b', { cwd: '//' })), ['/ · Shell', '// · Shell']);
});

test('sessions of one title in one folder are told apart by their agents, else by when they were begun (U1)', () => {
  const at = (day: number): number => new Date(2026, 10, day, 9, 30).getTime();
  const claude = { agent: { id: 'claude', name: 'Claude Code' } };
  assert.deepEqual(
    told(
      named('a', { createdAt: at(20) }),
      named('b', { createdAt: at(21) }),
      named('c', { ...claude, createdAt: at(21) }),
      named('d', { cwd: '/srv', createdAt: at(21) }),
    ),
    [
      'tides · begun 20/11/2026, 09:30 · Shell',
      'tides · begun 21/11/2026, 09:30 · Shell',
      'tides · Claude Code',
      'srv · Shell',
    ],
  );
});

test('sessions that were begun within a minute are told apart by the second, those beside them by the minute (U1)', () => {
  const at = (minute: number, second: number): number => new Date(2026, 10, 21, 9, minute, second).getTime();
  assert.deepEqual(
    told(
      named('a', { createdAt: at(30, 5) }),
      named('b', { createdAt: at(30, 50) }),
      named('c', { createdAt: at(31, 5) }),
    ),
    [
      'begun 21/11/2026, 09:30:05 · Shell',
      'begun 21/11/2026, 09:30:50 · Shell',
      'begun 21/11/2026, 09:31 · Shell',
    ],
  );
});

test('what tells sessions apart is worked out anew only when one comes or goes, or its title, folder or agent is another (U1, law 8)', () => {
  const [a, b] = [named('a'), named('b')];
  const telling = new TellingApart();
  const first = telling.of([a, b]);
  assert.equal(telling.of([a, { ...b, seq: 9, phase: 'running', queued: 1 }]), first);
  for (const more of [{ title: 'Ebb' }, { cwd: '/srv' }, { agent: { id: 'claude', name: 'Claude' } }]) {
    assert.deepEqual(telling.of([a, { ...b, ...more }]), tellApart([a, { ...b, ...more }]));
    assert.deepEqual(telling.of([a, b]), first);
  }
  assert.deepEqual(telling.of([a, b, named('c', { cwd: '/srv' })]).get(a.sessionId)?.folder, 'tides');
  assert.equal(telling.of([a]).size, 0);
});

test('a session that works makes nothing be worked out anew of rows that have a title in common (U1, law 8)', () => {
  const rows = new PaintedRows();
  const [a, b] = [named('a', { phase: 'running' }), named('b', { phase: 'running' })];
  rows.paint(groups(a, b));
  const { apart } = rows.row(a);
  assert.ok(apart?.begunAt !== undefined);
  rows.changed(groups(a, { ...b, queued: 1 }));
  assert.equal(rows.row(a).apart, apart);
});

test('a row is drawn anew when another one is begun within its minute (U1)', () => {
  const rows = new PaintedRows();
  const [a, b] = [named('a', { createdAt: 1_000 }), named('b', { title: 'Ebb', createdAt: 2_000 })];
  const c = named('c', { createdAt: 120_000 });
  rows.paint(groups(a, b, c));
  const drawn = rows.changed(groups(a, { ...b, title: a.title }, c));
  assert.deepEqual(
    drawn?.map(({ sessionId }) => sessionId),
    ['a', 'b'],
  );
});

test('a row is drawn anew when another one takes its title, and when that goes on under another (U1)', () => {
  const rows = new PaintedRows();
  const [a, b] = [named('a'), named('b', { title: 'Currents', cwd: '/srv' })];
  rows.paint(groups(a, b));
  const drawn = (...sessions: Summary[]): unknown[] | undefined =>
    rows.changed(groups(...sessions))?.map(({ sessionId, apart }) => [sessionId, apart?.folder]);
  assert.deepEqual(drawn(a, { ...b, title: a.title }), [
    ['a', 'tides'],
    ['b', 'srv'],
  ]);
  assert.deepEqual(drawn(a, { ...b, title: a.title }), []);
  assert.deepEqual(drawn(a, b), [
    ['a', undefined],
    ['b', undefined],
  ]);
});
