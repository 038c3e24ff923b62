import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { askAndDo } from './askAndDo.ts';
import { idOf, type Named } from './choosing.ts';
import type { CommandParts, CommandTable } from './commands.ts';
import { deleteSessions, undoDeletion } from './deleteSessions.ts';
import { withEachSession } from './eachSession.ts';
import { LEFT } from './pickSession.ts';
import { plainText } from './plainText.ts';
import { linkToKeep } from './sessionLink.ts';
import { isBusy } from './sessionOrder.ts';

/** Commands that do something with all rows that are selected. */
const FOR_SEVERAL = [
  'cancelTurn',
  'pinSession',
  'unpinSession',
  'archiveSession',
  'unarchiveSession',
  'endSession',
  'deleteSession',
];

/** How long the status bar says what became of a command, in milliseconds. */
const SAID_MS = 5_000;

/** Commands that change sessions, most of them several at once: the rows that are selected in the tree (U1). */
export function sessionCommands({
  connection,
  list,
  live,
  places,
  choosing,
  archiving,
}: Pick<CommandParts, 'connection' | 'list' | 'live' | 'places' | 'choosing' | 'archiving'>): CommandTable {
  const { t } = vscode.l10n;
  const configure = async (
    sessionIds: readonly SessionId[],
    change: { readonly archived?: boolean; readonly pinned?: boolean },
  ): Promise<void> =>
    withEachSession(list, sessionIds, (sessionId) =>
      connection.request('session/configure', { sessionId, ...change }),
    );

  return {
    ...forSeveral(),

    'holdfast.cancelTurn': async (named?: Named, selected?: unknown) => {
      const choice = { title: t('Cancel Turn'), only: isBusy };
      const sessionIds = await choosing.several(named, selected, choice);
      const goesOn = sessionIds.some((sessionId) => (list.get(sessionId)?.queued ?? 0) > 0);
      await withEachSession(list, sessionIds, (sessionId) =>
        connection.request('session/cancel', { sessionId }),
      );
      if (goesOn) void vscode.window.setStatusBarMessage(t('Cancelled. What waited next runs now.'), SAID_MS);
    },

    'holdfast.endSession': async (named?: Named, selected?: unknown) => {
      const choice = { title: t('End Session'), only: ({ phase }: Summary) => phase !== 'ended' };
      const sessionIds = await choosing.several(named, selected, choice);
      const busy = sessionIds.filter((sessionId) => isBusy(list.get(sessionId)));
      if (busy.length > 0) {
        const end = t('Cancel and End');
        const title = busy.length === 1 ? list.get(busy[0] ?? '')?.title : undefined;
        const words =
          title === undefined
            ? t('{0} sessions are working. End them all the same?', busy.length)
            : t('“{0}” is working. End it all the same?', plainText(title));
        if ((await vscode.window.showWarningMessage(words, { modal: true }, end)) !== end) return;
      }
      await withEachSession(list, sessionIds, (sessionId) =>
        connection.request('session/end', { sessionId, force: busy.includes(sessionId) }),
      );
    },

    'holdfast.archiveSession': async (named?: Named, selected?: unknown) => {
      const choice = { title: t('Archive Session'), only: ({ archived }: Summary) => !archived };
      await archiving.archive(await choosing.several(named, selected, choice));
    },

    'holdfast.undoArchive': () => archiving.undo(),

    'holdfast.unarchiveSession': async (named?: Named, selected?: unknown) => {
      const choice = { title: t('Unarchive Session'), only: ({ archived }: Summary) => archived };
      await configure(await choosing.several(named, selected, choice), { archived: false });
    },

    'holdfast.pinSession': async (named?: Named, selected?: unknown) => {
      const choice = { title: t('Pin Session'), only: ({ pinned }: Summary) => !pinned };
      await configure(await choosing.several(named, selected, choice), { pinned: true });
    },

    'holdfast.unpinSession': async (named?: Named, selected?: unknown) => {
      const choice = { title: t('Unpin Session'), only: ({ pinned }: Summary) => pinned };
      await configure(await choosing.several(named, selected, choice), { pinned: false });
    },

    'holdfast.deleteSession': async (named?: Named, selected?: unknown) => {
      const sessionIds = await choosing.several(named, selected, { title: t('Delete Session') });
      await deleteSessions({ connection, list }, sessionIds);
    },

    // A chat offers it whose session was deleted.
    'holdfast.undoDelete': async (named?: Named) => {
      const sessionId = idOf(named);
      if (sessionId !== undefined) await undoDeletion({ list }, sessionId);
    },

    'holdfast.forkSession': async (named?: Named) => {
      const sessionId = await choosing.one(named, { title: t('Fork Session') });
      if (sessionId === undefined) return undefined;
      const fork = await live.fork(sessionId);
      await places.open(fork.id);
      return fork.id;
    },

    'holdfast.renameSession': async (named?: Named, given?: unknown) => {
      const sessionId = await choosing.one(named, { title: t('Rename Session') });
      if (sessionId === undefined) return undefined;
      const value = list.get(sessionId)?.title ?? '';
      const asked = { title: t('Rename Session'), value, prompt: t('The new title') };
      const rename = (title: string): Promise<unknown> =>
        connection.request('session/configure', { sessionId, title: title.trim() });
      if (typeof given !== 'string') return (await askAndDo(asked, rename)) === undefined ? LEFT : undefined;
      if (given.trim() !== '') await rename(given);
      return undefined;
    },

    'holdfast.copyLink': async (named?: Named) => {
      const sessionId = await choosing.one(named, { title: t('Copy Link to Session') });
      if (sessionId === undefined) return;
      await vscode.env.clipboard.writeText(await linkToKeep(sessionId));
    },
  };
}

/** The same commands under the names by which menus offer them where several rows are selected. */
function forSeveral(): CommandTable {
  return Object.fromEntries(
    FOR_SEVERAL.map((name) => [
      `holdfast.selected.${name}`,
      (...given: unknown[]) => vscode.commands.executeCommand(`holdfast.${name}`, ...given),
    ]),
  );
}
