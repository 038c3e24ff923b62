import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import type { CommandTable } from './commands.ts';
import type { Places } from './places.ts';
import { plainText } from './plainText.ts';
import { tellApart, toldApart } from './sameTitle.ts';
import type { SessionList } from './sessionList.ts';

/** Commands in the menu of the chat in the side bar. */
const IN_VIEW = [
  ...(['openInEditor', 'runCommand', 'renameSession', 'endSession', 'forkSession'] as const),
  ...(['openTranscript', 'exportSession'] as const),
];

/** What sessions are shown in and listed by, as far as the menus of chats are concerned. */
export interface Showing {
  readonly places: {
    readonly view: Pick<Places['view'], 'sessionId'>;
    readonly panels: Pick<Places['panels'], 'activeSession' | 'seen'>;
  };
  readonly list: Pick<SessionList, 'get' | 'isHidden'>;
}

/**
 * The commands of a chat's own menu, which mean the session that this chat shows, whichever one the person turned to last (U3):
 * the editor tells a command of neither. Each is the command of the same name, with the session named; a deleted one is meant by
 * none, though it is shown for as long as that can be undone.
 */
export function shownCommands({ places: { view, panels }, list }: Showing): CommandTable {
  const { t } = vscode.l10n;
  const run = (name: string, sessionId: SessionId | undefined): unknown =>
    sessionId === undefined || list.isHidden(sessionId)
      ? undefined
      : vscode.commands.executeCommand(`holdfast.${name}`, sessionId);
  const ofPanel = (name: string, title: string) => async (): Promise<unknown> =>
    run(name, await panelSession(panels.seen, { list, title }));
  return {
    ...Object.fromEntries(IN_VIEW.map((name) => [`holdfast.view.${name}`, () => run(name, view.sessionId)])),
    'holdfast.panel.cancelTurn': () =>
      hasButtonsOfAll() ? ofPanel('cancelTurn', t('Cancel Turn'))() : run('cancelTurn', panels.activeSession),
    'holdfast.panel.renameSession': ofPanel('renameSession', t('Rename Session')),
    'holdfast.panel.runCommand': ofPanel('runCommand', t('Run Command in Session')),
    'holdfast.panel.endSession': ofPanel('endSession', t('End Session')),
  };
}

/**
 * The session that a menu among the editors means. Each panel in sight has its menu, and to press there does not give the panel
 * the focus: where they show several sessions, the person is asked.
 */
async function panelSession(
  seen: readonly (SessionId | undefined)[],
  { list, title }: Pick<Showing, 'list'> & { readonly title: string },
): Promise<SessionId | undefined> {
  const [first, ...others] = new Set(seen);
  if (others.length === 0) return first;
  const { t } = vscode.l10n;
  const sessionIds = [first, ...others]
    .filter((sessionId) => sessionId !== undefined)
    .filter((sessionId) => !list.isHidden(sessionId));
  const summaries = new Map(sessionIds.map((sessionId) => [sessionId, list.get(sessionId)]));
  const apart = tellApart([...summaries.values()].filter((summary) => summary !== undefined));
  const items = sessionIds.map((sessionId) => {
    const { title: name = sessionId, agent } = summaries.get(sessionId) ?? {};
    const description = toldApart(agent?.name ?? '', apart.get(sessionId), {
      t,
      language: vscode.env.language,
    });
    return { label: plainText(name), description: plainText(description), sessionId };
  });
  const asked = { title, placeHolder: t('Which session?') };
  return (await vscode.window.showQuickPick(items, asked))?.sessionId;
}

/** Whether the buttons beside a menu are also those of panels without the focus, which the editor hides by itself. */
function hasButtonsOfAll(): boolean {
  return vscode.workspace.getConfiguration('workbench.editor').get('alwaysShowEditorActions', false);
}
