import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import { isBusy } from './sessionOrder.ts';
import { plainText } from './plainText.ts';
import type { SessionList } from './sessionList.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How long a deletion can be undone: about as long as its notification stays. */
const UNDO_MS = 10_000;

/**
 * Deletes sessions, with a way back. Until the way back closes they are archived and left out of the list, no more: whatever
 * happens to the window meanwhile, they are found among the archived ones. Rejects with a `HoldfastError`.
 */
export async function deleteSessions(
  { connection, list }: { readonly connection: WindowConnection; readonly list: SessionList },
  sessionIds: readonly SessionId[],
): Promise<void> {
  const { t } = vscode.l10n;
  const [first, ...others] = sessionIds;
  if (first === undefined) return;
  const title = plainText(list.get(first)?.title ?? first);
  const busy = sessionIds.filter((sessionId) => isBusy(list.get(sessionId)));
  if (busy.length > 0 && !(await confirmed(busy.length === 1 ? list.get(busy[0] ?? '')?.title : undefined)))
    return;
  const archived = new Map(sessionIds.map((id) => [id, list.get(id)?.archived ?? false]));
  for (const sessionId of sessionIds) {
    list.hide(sessionId, true);
    await connection.request('session/configure', { sessionId, archived: true });
  }
  const words =
    others.length === 0 ? t('“{0}” is deleted.', title) : t('{0} sessions are deleted.', sessionIds.length);
  const undone = await isUndone(words);
  for (const sessionId of sessionIds) {
    try {
      if (undone)
        await connection.request('session/configure', {
          sessionId,
          archived: archived.get(sessionId) ?? false,
        });
      else await connection.request('session/delete', { sessionId, force: true });
    } finally {
      list.hide(sessionId, false);
    }
  }
}

async function isUndone(words: string): Promise<boolean> {
  const undo = vscode.l10n.t('Undo');
  let over = false;
  const chosen = vscode.window.showInformationMessage(words, undo).then((button) => {
    if (button === undo && over)
      void vscode.window.showInformationMessage(vscode.l10n.t('That was too late: it is deleted already.'));
    return button === undo;
  });
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), UNDO_MS));
  const undone = await Promise.race([chosen, late]);
  over = true;
  return undone;
}

async function confirmed(title: string | undefined): Promise<boolean> {
  const { t } = vscode.l10n;
  const go = t('Cancel and Delete');
  const words =
    title === undefined
      ? t('Some of the sessions are working. Delete them all the same?')
      : t('“{0}” is working. Delete it all the same?', plainText(title));
  return (await vscode.window.showWarningMessage(words, { modal: true }, go)) === go;
}
