import * as vscode from 'vscode';
import { contextValueOf } from './sessionOrder.ts';
import type { TreeNode } from './treeNodes.ts';

/**
 * Tells menus whether a row is one of several that are selected: what they offer there is done with all of them, and is called so.
 * On another row it means that row alone (U1). The key `holdfast.selectedRows` has the `viewItem` of each. Owned by `SessionTree`.
 */
export class SelectedRows {
  #told = '';

  /** These rows are selected, and look so. */
  tell(selected: readonly TreeNode[]): void {
    const items = selected.flatMap((node) => (node.kind === 'session' ? [contextValueOf(node.summary)] : []));
    const several = items.length > 1 ? items : [];
    const told = several.join('\n');
    if (told === this.#told) return;
    this.#told = told;
    // As an object, in which the editor finds one without a look at the others.
    const rows = Object.fromEntries(several.map((item) => [item, true]));
    void vscode.commands.executeCommand('setContext', 'holdfast.selectedRows', rows);
  }
}
