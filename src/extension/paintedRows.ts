import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { isSameApart, TellingApart, type Apart } from './sameTitle.ts';
import type { SessionGroup } from './sessionGroups.ts';
import { looksTheSame } from './sessionOrder.ts';

/** A row of a session that the editor has: the same object for as long as it may be drawn anew by itself. */
export interface PaintedRow {
  readonly kind: 'session';
  readonly sessionId: SessionId;
  summary: Summary;
  /** What tells it apart from the other rows of its title. */
  apart?: Apart | undefined;
}

/**
 * What the tree last gave the editor, so that a session that only looks otherwise is drawn anew alone: the others keep their
 * rows, what is under the pointer included. Owned by `SessionTree`.
 */
export class PaintedRows {
  #groups: readonly SessionGroup[] = [];
  #rows = new Map<SessionId, PaintedRow>();
  readonly #telling = new TellingApart();

  /** Remembers the groups that the editor is given. */
  paint(groups: readonly SessionGroup[]): void {
    this.#paint(groups, this.#telling.of(groups.flatMap(({ sessions }) => sessions)));
  }

  /** The row of a session: the one that the editor has, as it was last. */
  row(summary: Summary): PaintedRow {
    return this.#rows.get(summary.sessionId) ?? rowOf(summary);
  }

  /** The row of a session that the editor has, and the group that it stands in. */
  find(sessionId: SessionId): { readonly row: PaintedRow; readonly group: SessionGroup } | undefined {
    const row = this.#rows.get(sessionId);
    const group = this.#groups.find(({ sessions }) => sessions.some((each) => each.sessionId === sessionId));
    return row === undefined || group === undefined ? undefined : { row, group };
  }

  /** Takes in the groups as they are now. The rows that look otherwise; `undefined` when more than single rows changed. */
  changed(groups: readonly SessionGroup[]): PaintedRow[] | undefined {
    if (groups.length !== this.#groups.length) return undefined;
    const rows: PaintedRow[] = [];
    const apart = this.#telling.of(groups.flatMap(({ sessions }) => sessions));
    for (const [at, { id, sessions }] of groups.entries()) {
      const painted = this.#groups[at];
      if (painted?.id !== id || painted.sessions.length !== sessions.length) return undefined;
      for (const [place, summary] of sessions.entries()) {
        const row = this.#rows.get(summary.sessionId);
        if (row === undefined || painted.sessions[place]?.sessionId !== summary.sessionId) return undefined;
        const isToldSo = isSameApart(row.apart, apart.get(summary.sessionId));
        if (row.summary === summary && isToldSo) continue;
        if (!isToldSo || !looksTheSame(row.summary, summary)) rows.push(row);
      }
    }
    this.#paint(groups, apart);
    return rows;
  }

  #paint(groups: readonly SessionGroup[], apart: ReadonlyMap<SessionId, Apart>): void {
    const before = this.#rows;
    this.#groups = groups;
    this.#rows = new Map();
    for (const { sessions } of groups) {
      for (const summary of sessions) {
        const row = before.get(summary.sessionId) ?? rowOf(summary);
        row.summary = summary;
        row.apart = apart.get(summary.sessionId);
        this.#rows.set(summary.sessionId, row);
      }
    }
  }
}

function rowOf(summary: Summary): PaintedRow {
  return { kind: 'session', sessionId: summary.sessionId, summary };
}
