import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { contextValueOf } from './sessionOrder.ts';
import type { TreeNode } from './treeNodes.ts';

/**
 * The sessions whose rows are selected in the tree, as the editor told it last: while all is drawn anew it gives none to whoever
 * asks, and they stay selected. Tells menus whether a row is one of several: what they offer there is done with all of them, and
 * is called so. On another row it means that row alone (U1). The key `holdfast.selectedRows` has the `viewItem` of each. Owned by
 * `SessionTree`.
 */
export class SelectedRows {
  readonly #summaryOf: (sessionId: SessionId) => Summary | undefined;
  readonly #selection: () => readonly TreeNode[];
  #ids: readonly SessionId[] = [];
  #told = '';

  /** `summaryOf` gives a session as it is now, if it is still there; `selection` the rows that the editor gives now. */
  constructor(
    summaryOf: (sessionId: SessionId) => Summary | undefined,
    selection: () => readonly TreeNode[],
  ) {
    this.#summaryOf = summaryOf;
    this.#selection = selection;
  }

  /** The sessions that are selected and still there, in the order of the editor. */
  get ids(): readonly SessionId[] {
    this.#readAgain();
    return this.#ids.filter((id) => this.#summaryOf(id) !== undefined);
  }

  /** These rows are selected, and no others. */
  select(rows: readonly TreeNode[]): void {
    this.#ids = idsOf(rows);
    this.tell();
  }

  /** Rows were drawn, or sessions look otherwise, and with them what their rows are called in menus. */
  tell(): void {
    this.#readAgain();
    const items = this.#ids.flatMap((id) => this.#summaryOf(id) ?? []).map(contextValueOf);
    const several = items.length > 1 ? items : [];
    const told = several.join('\n');
    if (told === this.#told) return;
    this.#told = told;
    // As an object, in which the editor finds one without a look at the others.
    const rows = Object.fromEntries(several.map((item) => [item, true]));
    void vscode.commands.executeCommand('setContext', 'holdfast.selectedRows', rows);
  }

  /** What the editor tells while all is drawn anew may be none, and it does not tell it again. */
  #readAgain(): void {
    if (this.#ids.length === 0) this.#ids = idsOf(this.#selection());
  }
}

function idsOf(rows: readonly TreeNode[]): readonly SessionId[] {
  return rows.flatMap((row) => (row.kind === 'session' ? [row.sessionId] : []));
}
