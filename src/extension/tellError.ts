import * as vscode from 'vscode';
import { errorText } from '../base/errorText.ts';
import { plainText } from './plainText.ts';

/** Tells the person what went wrong, in the words of the error. */
export function tellError(error: unknown): void {
  void vscode.window.showErrorMessage(vscode.l10n.t('Holdfast: {0}', plainText(errorText(error))));
}
