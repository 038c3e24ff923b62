import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import type { FromPage } from '../protocol/page.ts';
import { actionCommands } from './actionCommands.ts';
import { applyCode, insertCode } from './codeBlocks.ts';
import { openLink, openLocation } from './openLink.ts';
import { plainText } from './plainText.ts';
import { saidError } from './saidError.ts';
import type { ShownTexts } from './shownTexts.ts';

/** What a person presses in a chat page that the editor does by itself. */
export type InEditor = Extract<
  FromPage,
  {
    type:
      | 'action'
      | 'signIn'
      | 'openLink'
      | 'openLocation'
      | 'copy'
      | 'insertCode'
      | 'applyCode'
      | 'openText'
      | 'openDiff';
  }
>;

/** What the page shows: the session, its working directory on this machine, and the remote host that it is on. */
export interface ShownThere {
  readonly sessionId: SessionId | undefined;
  readonly folder: string | undefined;
  readonly host: string | undefined;
  readonly texts: ShownTexts;
}

/** Does in the editor what a person pressed in a chat page (U3). Rejects with what the editor refuses. */
export async function doInEditor(
  message: InEditor,
  { sessionId, folder, host, texts }: ShownThere,
): Promise<void> {
  switch (message.type) {
    case 'action':
      return void (await vscode.commands.executeCommand(actionCommands[message.action], sessionId));
    case 'signIn':
      return void (await vscode.commands.executeCommand('holdfast.signIn', sessionId, message.methodId));
    case 'openLink':
      return openLink(message.href, folder, host);
    case 'openLocation':
      return openLocation(message, folder, host);
    case 'copy':
      return vscode.env.clipboard.writeText(message.text);
    case 'insertCode':
      return insertCode(message.code);
    case 'applyCode':
      return applyCode(message, folder);
    case 'openText':
    case 'openDiff':
      return sessionId === undefined ? undefined : open(message, sessionId, texts);
  }
}

async function open(
  message: Extract<InEditor, { type: 'openText' | 'openDiff' }>,
  sessionId: SessionId,
  texts: ShownTexts,
): Promise<void> {
  try {
    if (message.type === 'openText') await texts.show(sessionId, message.name, message.source);
    else await texts.compare(sessionId, message.file, message);
  } catch (error) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('It cannot be opened: {0}', plainText(saidError(error, vscode.l10n.t))),
    );
  }
}
