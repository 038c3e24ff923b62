import * as vscode from 'vscode';
import { sessionIdIn } from './linkPath.ts';

/** Opens a session when an address like `vscode://holdfast.holdfast/session/<id>` is followed (U5). Registered by `activate`. */
export function registerSessionLinks(): vscode.Disposable {
  return vscode.window.registerUriHandler({
    async handleUri(uri) {
      const sessionId = sessionIdIn(uri.path);
      if (sessionId === undefined)
        void vscode.window.showWarningMessage(vscode.l10n.t('This link leads to no Holdfast session.'));
      else await vscode.commands.executeCommand('holdfast.openSession', sessionId);
    },
  });
}
