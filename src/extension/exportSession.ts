import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { exportParts, formatOf, writeParts } from '../client/exportSession.ts';
import type { SessionId } from '../protocol/ids.ts';
import { fileName } from './fileName.ts';
import { plainText } from './plainText.ts';
import type { WindowConnection } from './windowConnection.ts';
import { withProgress } from './withProgress.ts';

/** Writes a session to the file that the person picks, or to the given one. Rejects with the error of either side. */
export async function exportSession(
  connection: WindowConnection,
  { sessionId, title }: { readonly sessionId: SessionId; readonly title: string },
  given: vscode.Uri | undefined,
): Promise<void> {
  const { t } = vscode.l10n;
  const target = given ?? (await chooseTarget(title));
  if (target === undefined) return;
  const words = t('Exporting “{0}”', plainText(title));
  const written = await withProgress(words, async (parts) => {
    const text = exportParts(connection, sessionId, formatOf(target.path), parts);
    if (target.scheme === 'file') await writeParts(target.fsPath, text);
    else await vscode.workspace.fs.writeFile(target, await gathered(text));
    return true;
  });
  if (written !== true) return;
  const open = t('Open');
  const done = t('“{0}” was exported to {1}.', plainText(title), vscode.workspace.asRelativePath(target));
  void vscode.window.showInformationMessage(done, open).then((button) => {
    if (button === open) void vscode.commands.executeCommand('vscode.open', target);
  });
}

/** The format first: not every dialog for files lets one choose it. */
async function chooseTarget(title: string): Promise<vscode.Uri | undefined> {
  const { t } = vscode.l10n;
  const formats = [
    { label: t('Markdown, to read'), ending: 'md', description: '.md' },
    { label: t('NDJSON, to import again'), ending: 'ndjson', description: '.ndjson' },
  ];
  const format = await vscode.window.showQuickPick(formats, {
    title: t('Export Session'),
    placeHolder: t('What to write'),
  });
  if (format === undefined) return undefined;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  return vscode.window.showSaveDialog({
    title: t('Export Session'),
    saveLabel: t('Export'),
    defaultUri: vscode.Uri.joinPath(folder, `${fileName(title)}.${format.ending}`),
    filters: { [format.label]: [format.ending] },
  });
}

/** What is no file on this machine is written in one go. */
async function gathered(parts: AsyncIterable<string>): Promise<Uint8Array> {
  const texts: Buffer[] = [];
  for await (const part of parts) texts.push(Buffer.from(part));
  return Buffer.concat(texts);
}
