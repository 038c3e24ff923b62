import * as vscode from 'vscode';
import { pathFrom } from './pathFrom.ts';
import { plainText } from './plainText.ts';
import { pathText } from './sentText.ts';

/** How a prompt names a file, so that the agent of a session in a working directory of this machine finds it. */
export function nameFrom(uri: vscode.Uri, cwd: string): string {
  return uri.scheme === 'file' ? pathFrom(uri.fsPath, vscode.Uri.file(cwd).fsPath) : uri.toString(true);
}

/** Files and folders as a prompt names them in a session's working directory; `undefined` for none. */
export function filesText(uris: readonly vscode.Uri[], cwd: string): string | undefined {
  return uris.length === 0 ? undefined : pathText(uris.map((uri) => nameFrom(uri, cwd)));
}

/** Says that files of this machine are nothing to a session on another. */
export function sayNotThere(title: string, host: string): void {
  void vscode.window.showWarningMessage(
    vscode.l10n.t(
      '“{0}” runs on {1}, which does not have the files of this machine. Name files of {1} in its prompt instead.',
      plainText(title),
      plainText(host),
    ),
  );
}
