import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import type { CommandTable } from './commands.ts';

/** Commands in the menu of the chat in the side bar. */
const IN_VIEW = [
  ...(['openInEditor', 'runCommand', 'renameSession', 'endSession', 'forkSession'] as const),
  ...(['openTranscript', 'exportSession'] as const),
];
/** Commands in the menu of a chat among the editors. */
const IN_PANEL = ['cancelTurn', 'renameSession', 'runCommand', 'endSession'] as const;

/** What a session is shown in, as far as its menus are concerned. */
export interface Showing {
  readonly view: { readonly sessionId: SessionId | undefined };
  readonly panels: { readonly activeSession: SessionId | undefined };
}

/**
 * The commands of a chat's own menu, which mean the session that this chat shows, whichever one the person turned to last (U3):
 * the editor tells a command of neither. Each is the command of the same name, with the session named.
 */
export function shownCommands({ view, panels }: Showing): CommandTable {
  const means = (name: string, session: () => SessionId | undefined) => (): unknown => {
    const sessionId = session();
    return sessionId === undefined
      ? undefined
      : vscode.commands.executeCommand(`holdfast.${name}`, sessionId);
  };
  return Object.fromEntries([
    ...IN_VIEW.map((name) => [`holdfast.view.${name}`, means(name, () => view.sessionId)] as const),
    ...IN_PANEL.map((name) => [`holdfast.panel.${name}`, means(name, () => panels.activeSession)] as const),
  ]);
}
