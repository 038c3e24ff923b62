import * as vscode from 'vscode';
import { plainText } from './plainText.ts';
import { tellError } from './tellError.ts';

/**
 * Tells a person that a page keeps something no longer that they typed for a session and did not send, and offers it as a document:
 * nothing is lost without a word (U3). Never rejects.
 */
export async function offerUnkept(title: string | undefined, text: string): Promise<void> {
  const { t } = vscode.l10n;
  const open = t('Open as Document');
  const words =
    title === undefined
      ? t('Too much is kept of what was typed and not sent. The oldest of it makes room.')
      : t(
          'Too much is kept of what was typed and not sent. The oldest of it, for “{0}”, makes room.',
          plainText(title),
        );
  try {
    if ((await vscode.window.showWarningMessage(words, open)) !== open) return;
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: text }));
  } catch (error) {
    tellError(error);
  }
}
