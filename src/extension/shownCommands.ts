import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import type { CommandTable } from './commands.ts';
import type { Places } from './places.ts';
import type { SessionList } from './sessionList.ts';

/** Commands in the menu of the chat in the side bar. */
const IN_VIEW = [
  ...(['openInEditor', 'runCommand', 'renameSession', 'endSession', 'forkSession'] as const),
  ...(['openTranscript', 'exportSession'] as const),
];
/** Commands in the menu of a chat among the editors. */
const IN_PANEL = ['cancelTurn', 'renameSession', 'runCommand', 'endSession'] as const;

/** What sessions are shown in and listed by, as far as the menus of chats are concerned. */
export interface Showing {
  readonly places: {
    readonly view: Pick<Places['view'], 'sessionId'>;
    readonly panels: Pick<Places['panels'], 'activeSession'>;
  };
  readonly list: Pick<SessionList, 'isHidden'>;
}

/**
 * The commands of a chat's own menu, which mean the session that this chat shows, whichever one the person turned to last (U3):
 * the editor tells a command of neither. Each is the command of the same name, with the session named; a deleted one is meant by
 * none, though it is shown for as long as that can be undone.
 */
export function shownCommands({ places: { view, panels }, list }: Showing): CommandTable {
  const means = (name: string, session: () => SessionId | undefined) => (): unknown => {
    const sessionId = session();
    return sessionId === undefined || list.isHidden(sessionId)
      ? undefined
      : vscode.commands.executeCommand(`holdfast.${name}`, sessionId);
  };
  return Object.fromEntries([
    ...IN_VIEW.map((name) => [`holdfast.view.${name}`, means(name, () => view.sessionId)] as const),
    ...IN_PANEL.map((name) => [`holdfast.panel.${name}`, means(name, () => panels.activeSession)] as const),
  ]);
}
