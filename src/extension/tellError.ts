import * as vscode from 'vscode';
import { plainText } from './plainText.ts';
import { saidError } from './saidError.ts';

/** Tells the person what went wrong. */
export function tellError(error: unknown): void {
  const words = saidError(error, vscode.l10n.t);
  void vscode.window.showErrorMessage(vscode.l10n.t('Holdfast: {0}', plainText(words)));
}
