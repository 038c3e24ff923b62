import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import type { Archiving } from './archiving.ts';
import type { TreeNode } from './treeNodes.ts';
import { withEachSession } from './eachSession.ts';
import { hereOf } from './hereOf.ts';
import { groupSessions } from './sessionGroups.ts';
import { plainText } from './plainText.ts';
import type { Places } from './places.ts';
import { droppedFiles } from './droppedFiles.ts';
import { saidError } from './saidError.ts';
import { filesText, sayNotThere } from './sentFiles.ts';
import { tellError } from './tellError.ts';
import type { WindowConnection } from './windowConnection.ts';

const KIND = 'application/vnd.code.tree.holdfast.sessions';
/** Files and folders of the explorer, and tabs. */
const FILES = 'text/uri-list';

/** What dragging works with. */
export interface SessionDragParts {
  readonly connection: Pick<WindowConnection, 'request'>;
  readonly places: Pick<Places, 'insert'>;
  readonly archiving: Pick<Archiving, 'archive'>;
}

/**
 * Dragging in the sessions tree: onto Archived archives, and away from there takes out; onto Pinned pins; elsewhere it pins too, and
 * takes a pinned one out again (U1). Files that are dropped on a session go into its composer (U5). Owned by the tree.
 */
export class SessionDrag implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dropMimeTypes = [KIND, FILES];
  readonly dragMimeTypes = [KIND];
  readonly #parts: SessionDragParts;

  constructor(parts: SessionDragParts) {
    this.#parts = parts;
  }

  handleDrag(nodes: readonly TreeNode[], transfer: vscode.DataTransfer): void {
    const sessions = nodes.filter(({ kind }) => kind === 'session');
    if (sessions.length > 0) transfer.set(KIND, new vscode.DataTransferItem(sessions));
  }

  async handleDrop(target: TreeNode | undefined, transfer: vscode.DataTransfer): Promise<void> {
    const nodes = transfer.get(KIND)?.value as readonly TreeNode[] | undefined;
    const files = nodes === undefined ? await transfer.get(FILES)?.asString() : undefined;
    if (files !== undefined) return this.#send(files, target);
    const dropped = new Map(
      (nodes ?? []).flatMap((node) => (node.kind === 'session' ? [[node.sessionId, node.summary]] : [])),
    );
    await this.#drop(dropped, groupOf(target)).catch(tellError);
  }

  /** Rejects with what was refused. */
  #drop(dropped: ReadonlyMap<SessionId, Summary>, group: string | undefined): Promise<void> {
    const { archiving, connection } = this.#parts;
    const summaries = [...dropped.values()];
    if (group === 'archived')
      return archiving.archive(
        summaries.filter(({ archived }) => !archived).map(({ sessionId }) => sessionId),
      );
    const list = { get: (sessionId: string) => dropped.get(sessionId as SessionId) };
    return withEachSession(list, [...dropped.keys()], (sessionId) => {
      const { archived = false, pinned = false } = list.get(sessionId) ?? {};
      const pins = group === 'pinned' || (!archived && !pinned);
      return connection.request('session/configure', { sessionId, archived: false, pinned: pins });
    });
  }

  /** Puts files into a session’s composer; whatever keeps one out is said, since a tree shows nothing of a drop that failed. */
  async #send(list: string, target: TreeNode | undefined): Promise<void> {
    const { t } = vscode.l10n;
    if (target?.kind !== 'session')
      return tell(t('Files go into the prompt of a session: drop them on its row.'));
    const title = plainText(target.summary.title);
    // What lies on this machine says nothing to a session on another.
    if (target.host !== undefined) return sayNotThere(target.summary.title, target.host);
    const { files, unread, beyond } = droppedFiles(list, hereOf);
    try {
      const text = filesText(files, target.summary.cwd);
      if (text !== undefined) await this.#parts.places.insert(target.sessionId, text);
    } catch (error) {
      const why = plainText(saidError(error, t));
      return tell(
        t('The files could not be put into the prompt of “{0}”: {1}. Mention them there with @.', title, why),
      );
    }
    if (unread.length > 0)
      tell(t('This could not be put into the prompt of “{0}”: {1}', title, plainText(unread.join(', '))));
    if (beyond > 0)
      tell(
        t(
          'The first {0} files are in the prompt of “{1}”. {2} were left out: drop their folder instead.',
          ...[files.length, title, beyond],
        ),
      );
  }
}

function tell(words: string): void {
  void vscode.window.showWarningMessage(words);
}

function groupOf(node: TreeNode | undefined): string | undefined {
  if (node?.kind === 'group') return node.group.id;
  return node?.kind === 'session' ? groupSessions([node.summary], Date.now())[0]?.id : undefined;
}
