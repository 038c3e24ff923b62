import * as vscode from 'vscode';
import type { WindowRequestParams, WindowRequestResult } from '../protocol/methods/documentMethods.ts';
import { smallestEdit } from './smallestEdit.ts';

type Written = WindowRequestResult<'document/write'>;

/**
 * Answers `document/write` (A5): one edit that one undo takes back, and a save. Nothing is done to a document that a person
 * is editing, unless they agreed; nor to one that is not what the runtime knows. Lines keep the document's own ends.
 */
export async function writeDocument(
  { uri, text, baseVersion, overwrite }: WindowRequestParams<'document/write'>,
  token: vscode.CancellationToken,
): Promise<Written> {
  // A window that was held up meets the runtime's change of mind only now.
  await new Promise((resolve) => setImmediate(resolve));
  if (token.isCancellationRequested) return failed(vscode.l10n.t('it was too late'));
  if (!vscode.workspace.isTrusted) return failed(vscode.l10n.t('the window is in Restricted Mode'));
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
  if (document === undefined) return { outcome: 'closed' };
  const { version } = document;
  if (document.isDirty && !overwrite) return { outcome: 'dirty', version };
  if (version !== baseVersion) return { outcome: 'changed', version };
  const ends = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  if (!(await replaceWith(document, text.replaceAll(/\r\n|\r|\n/gu, ends)))) {
    return document.version === version
      ? failed(vscode.l10n.t('the editor refused the edit'))
      : { outcome: 'changed', version: document.version };
  }
  if (document.isDirty && !(await document.save()))
    return failed(vscode.l10n.t('the new text is in the editor, but could not be saved'));
  return { outcome: 'written', version: document.version };
}

/** Resolves with whether the document has the text now. */
async function replaceWith(document: vscode.TextDocument, text: string): Promise<boolean> {
  const before = document.getText();
  if (before === text) return true;
  const { start, end, text: inserted } = smallestEdit(before, text);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(
    document.uri,
    new vscode.Range(document.positionAt(start), document.positionAt(end)),
    inserted,
  );
  return vscode.workspace.applyEdit(edit);
}

function failed(reason: string): Written {
  return { outcome: 'failed', reason };
}
