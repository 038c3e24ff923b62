import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PaintedRows } from '../../../src/extension/paintedRows.ts';
import { groupSessions, type SessionGroup } from '../../../src/extension/sessionGroups.ts';
import type { Summary } from '../../../src/protocol/summary.ts';
import { summary } from './summary.ts';

const working = { phase: 'running', attention: 'working' } as const;
const groups = (...sessions: Summary[]): SessionGroup[] => groupSessions(sessions, 0);
const titles = (rows: readonly { readonly summary: Summary }[] | undefined): string[] | undefined =>
  rows?.map(({ summary: { title } }) => title);

/** Rows as they are painted first: two sessions at work, and an idle one. */
function painted(): { rows: PaintedRows; ebb: Summary; flood: Summary; neap: Summary } {
  const rows = new PaintedRows();
  const [ebb, flood, neap] = [summary('ebb', working), summary('flood', working), summary('neap')];
  rows.paint(groups(ebb, flood, neap));
  return { rows, ebb, flood, neap };
}

test('a session that only looks otherwise is drawn anew alone, and its row is the one that the editor has (U1)', () => {
  const { rows, ebb, flood, neap } = painted();
  const row = rows.row(flood);
  const queued = { ...flood, queued: 1, seq: 2 };
  assert.deepEqual(titles(rows.changed(groups(ebb, queued, neap))), ['flood']);
  assert.equal(rows.row(flood), row);
  assert.equal(row.summary, queued, 'it is drawn as it is now');
});

test('what nobody sees draws nothing, and is known all the same', () => {
  const { rows, ebb, flood, neap } = painted();
  const later = { ...flood, seq: 9 };
  assert.deepEqual(rows.changed(groups(ebb, later, neap)), []);
  assert.equal(rows.row(flood).summary, later);
});

test('a session that comes, goes, changes its group or its place makes all be drawn anew', () => {
  const { rows, ebb, flood, neap } = painted();
  assert.equal(rows.changed(groups(ebb, flood, neap, summary('slack'))), undefined);
  assert.equal(rows.changed(groups(ebb, neap)), undefined);
  assert.equal(rows.changed(groups(flood, ebb, neap)), undefined);
  assert.equal(rows.changed(groups(ebb, flood, { ...neap, pinned: true })), undefined);
  assert.deepEqual(rows.changed(groups(ebb, flood, neap)), [], 'as it was painted last');
});
