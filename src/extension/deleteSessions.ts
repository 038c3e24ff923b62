import * as vscode from 'vscode';
import { Deferred } from '../base/deferred.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import type { SessionId } from '../protocol/ids.ts';
import { eachSession, withEachSession } from './eachSession.ts';
import { isBusy } from './sessionOrder.ts';
import { plainText } from './plainText.ts';
import type { SessionList } from './sessionList.ts';
import { tellError } from './tellError.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How long a deletion can be undone: about as long as its notification stays. */
const UNDO_MS = 10_000;

/** How long one session may keep the others waiting, in milliseconds: its host may be away. Then it is not deleted. */
const LIMIT = { timeoutMs: 10_000 };

/** What deleting works with. */
export interface DeleteParts {
  readonly connection: Pick<WindowConnection, 'request'>;
  readonly list: Pick<SessionList, 'get' | 'hide'>;
}

/** The ways back that are open, by the session: `true` for one that was taken. */
const waysBack = new Map<SessionId, Deferred<boolean>>();

/** Takes back the deletion that a session is part of, as long as that can be, and says where it cannot. */
export async function undoDeletion({ list }: Pick<DeleteParts, 'list'>, sessionId: SessionId): Promise<void> {
  const wayBack = waysBack.get(sessionId);
  wayBack?.resolve(true);
  // One that is still known was undone already, or could not be deleted, which was told.
  const isThere = wayBack === undefined ? list.get(sessionId) !== undefined : await wayBack.promise;
  if (!isThere) sayTooLate();
}

function sayTooLate(): void {
  const { t } = vscode.l10n;
  void vscode.window.showInformationMessage(t('That was too late: the deletion can no longer be undone.'));
}

/**
 * Deletes sessions, with a way back. Until the way back closes they are archived and left out of the list, no more: whatever
 * happens to the window meanwhile, they are found among the archived ones. What runs is cancelled at once, and deleted even if
 * it works again by then. One that cannot be deleted, or that began to work only meanwhile, is shown again and keeps nothing from
 * the others; those are told together. One that is being deleted already is left to that deletion. Rejects with what the last step refused.
 */
export async function deleteSessions(parts: DeleteParts, sessionIds: readonly SessionId[]): Promise<void> {
  const { list } = parts;
  // A key that is held means a row again before the list is drawn anew.
  const meant = sessionIds.filter((sessionId) => !waysBack.has(sessionId));
  const wayBack = new Deferred<boolean>();
  for (const sessionId of meant) waysBack.set(sessionId, wayBack);
  try {
    const busy = meant.filter((sessionId) => isBusy(list.get(sessionId)));
    const title = busy.length === 1 ? list.get(busy[0] ?? '')?.title : undefined;
    if (busy.length === 0 || (await confirmed(title)))
      await putAsideAndDelete(parts, meant, { busy, wayBack });
  } finally {
    for (const sessionId of meant) waysBack.delete(sessionId);
  }
}

async function putAsideAndDelete(
  parts: DeleteParts,
  sessionIds: readonly SessionId[],
  { busy, wayBack }: { readonly busy: readonly SessionId[]; readonly wayBack: Deferred<boolean> },
): Promise<void> {
  const { connection, list } = parts;
  const { t } = vscode.l10n;
  const titles = new Map(sessionIds.map((id) => [id, plainText(list.get(id)?.title ?? id)]));
  // One that never came to its agent is deleted, too.
  const working = new Set([...busy, ...sessionIds.filter((id) => list.get(id)?.phase === 'opening')]);
  const archived = new Map(sessionIds.map((id) => [id, list.get(id)?.archived ?? false]));
  const { done, problem } = await eachSession(list, sessionIds, (sessionId) =>
    putAside(parts, sessionId, { cancels: busy.includes(sessionId) }),
  );
  if (problem !== undefined) tellError(problem);
  const [first, ...others] = done;
  if (first === undefined) return;
  const words =
    others.length === 0
      ? t('“{0}” is deleted.', titles.get(first) ?? first)
      : t('{0} sessions are deleted.', done.length);
  const undone = await isUndone(words, wayBack);
  const bringBack = (sessionId: SessionId): Promise<unknown> =>
    connection.request('session/configure', { sessionId, archived: archived.get(sessionId) ?? false });
  await withEachSession(list, done, async (sessionId) => {
    try {
      if (undone) await bringBack(sessionId);
      else await connection.request('session/delete', { sessionId, force: working.has(sessionId) });
    } catch (error) {
      if (!isHoldfastError(error, 'sessionBusy')) throw error;
      // Other windows show it, and somebody there goes on with it.
      await bringBack(sessionId);
      throw new Error(t('It was taken up elsewhere meanwhile, and is not deleted.'), { cause: error });
    } finally {
      list.hide(sessionId, false);
    }
  });
}

/** Leaves a session out of the list, and stops it where it works. One that is refused stays in the list. */
async function putAside(
  { connection, list }: DeleteParts,
  sessionId: SessionId,
  { cancels }: { readonly cancels: boolean },
): Promise<void> {
  list.hide(sessionId, true);
  try {
    if (cancels) await cancelAll(connection, sessionId);
    await connection.request('session/configure', { sessionId, archived: true }, LIMIT);
  } catch (error) {
    list.hide(sessionId, false);
    throw error;
  }
}

/** Cancels what waits, and then what runs: what waits would run next. */
async function cancelAll(connection: DeleteParts['connection'], sessionId: SessionId): Promise<void> {
  const { head } = await connection.request('session/get', { sessionId }, LIMIT);
  for (const { turnId } of head.queue)
    await connection.request('session/cancel', { sessionId, turnId }, LIMIT);
  await connection.request('session/cancel', { sessionId }, LIMIT);
}

/** Whether the deletion is taken back, in its notification or elsewhere, before the time for it is over. */
async function isUndone(words: string, wayBack: Deferred<boolean>): Promise<boolean> {
  if (wayBack.settled) return wayBack.promise;
  const undo = vscode.l10n.t('Undo');
  let isDeleted = false;
  void vscode.window.showInformationMessage(words, undo).then((button) => {
    if (button === undo && isDeleted) sayTooLate();
    wayBack.resolve(button === undo);
  });
  const late = setTimeout(() => wayBack.resolve(false), UNDO_MS);
  const undone = await wayBack.promise;
  clearTimeout(late);
  isDeleted = !undone;
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
