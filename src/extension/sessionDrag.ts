import * as vscode from 'vscode';
import type { TreeNode } from './treeNodes.ts';
import { hereOf } from './hereOf.ts';
import { groupSessions } from './sessionGroups.ts';
import type { Places } from './places.ts';
import { filesText } from './sendToSession.ts';
import { tellError } from './tellError.ts';
import type { WindowConnection } from './windowConnection.ts';

const KIND = 'application/vnd.code.tree.holdfast.sessions';
/** Files and folders of the explorer, and tabs. */
const FILES = 'text/uri-list';
/** Files that are taken of one drop. */
const MOST_FILES = 50;

/** What dropping sessions on a row means. */
type Drop = { readonly pinned?: boolean; readonly archived?: boolean };

/**
 * Dragging in the sessions tree: onto Archived archives, and away from there takes out; onto Pinned pins; elsewhere it pins too, and
 * takes a pinned one out again (U1). Files that are dropped on a session go into its composer (U5). Owned by the tree.
 */
export class SessionDrag implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dropMimeTypes = [KIND, FILES];
  readonly dragMimeTypes = [KIND];
  readonly #connection: WindowConnection;
  readonly #places: Places;

  constructor(connection: WindowConnection, places: Places) {
    this.#connection = connection;
    this.#places = places;
  }

  handleDrag(nodes: readonly TreeNode[], transfer: vscode.DataTransfer): void {
    const sessions = nodes.filter(({ kind }) => kind === 'session');
    if (sessions.length > 0) transfer.set(KIND, new vscode.DataTransferItem(sessions));
  }

  async handleDrop(target: TreeNode | undefined, transfer: vscode.DataTransfer): Promise<void> {
    const nodes = transfer.get(KIND)?.value as readonly TreeNode[] | undefined;
    const files = nodes === undefined ? await transfer.get(FILES)?.asString() : undefined;
    if (files !== undefined) return this.#send(files, target);
    const group = groupOf(target);
    for (const node of nodes ?? []) {
      if (node.kind !== 'session') continue;
      const { archived, pinned } = node.summary;
      const drop: Drop =
        group === 'archived'
          ? { archived: true }
          : { archived: false, pinned: group === 'pinned' || (!archived && !pinned) };
      try {
        await this.#connection.request('session/configure', { sessionId: node.sessionId, ...drop });
      } catch (error) {
        tellError(error);
      }
    }
  }

  /** What lies on this machine says nothing to a session on another. */
  async #send(list: string, target: TreeNode | undefined): Promise<void> {
    if (target?.kind !== 'session' || target.host !== undefined) return;
    const addresses = list.split(/\r?\n/u).filter((line) => line !== '' && !line.startsWith('#'));
    const files = addresses.slice(0, MOST_FILES).map(hereOf);
    const text = filesText(files);
    if (text !== undefined) await this.#places.insert(target.sessionId, text);
  }
}

function groupOf(node: TreeNode | undefined): string | undefined {
  if (node?.kind === 'group') return node.group.id;
  return node?.kind === 'session' ? groupSessions([node.summary], Date.now())[0]?.id : undefined;
}
