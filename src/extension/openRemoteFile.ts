import { posix } from 'node:path';
import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import { plainText } from './plainText.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Bytes of a file that are fetched at most. */
const MOST_BYTES = 32 * 1024 * 1024;

/** A file that a session produced, on another machine. */
interface RemoteFile {
  readonly sessionId: SessionId;
  readonly directory: string;
  readonly path: string;
}

/**
 * Opens what a session on a remote host produced: text as a document without a file, anything else as a file that the person
 * saves. Both are what the host keeps, read over its connection.
 */
export function openRemoteFile(connection: WindowConnection): (file?: RemoteFile) => Promise<void> {
  return async (file) => {
    if (file === undefined) return;
    const { t } = vscode.l10n;
    const name = plainText(posix.basename(file.path.replaceAll('\\', '/')));
    const ask = { location: vscode.ProgressLocation.Window, title: t('Fetching {0}', name) };
    const bytes = await vscode.window.withProgress(ask, () => fetchAll(connection, file));
    if (bytes === undefined) {
      void vscode.window.showWarningMessage(t('{0} is too large to be opened here.', name));
      return;
    }
    if (!bytes.includes(0)) {
      const document = await vscode.workspace.openTextDocument({ content: bytes.toString('utf8') });
      await vscode.window.showTextDocument(document, { preview: true });
      return;
    }
    const target = await vscode.window.showSaveDialog({ title: t('Save {0}', name), saveLabel: t('Save') });
    if (target !== undefined) await vscode.workspace.fs.writeFile(target, bytes);
  };
}

/** All of a file; `undefined` when it is too large. */
async function fetchAll(
  connection: WindowConnection,
  { sessionId, directory, path }: RemoteFile,
): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let offset = 0;
  for (let size = 1; offset < size;) {
    const part = await connection.request('artifact/read', { sessionId, directory, path, offset });
    if (part.size > MOST_BYTES) return undefined;
    const bytes = Buffer.from(part.data, 'base64');
    parts.push(bytes);
    offset += bytes.length;
    size = bytes.length === 0 ? 0 : part.size;
  }
  return Buffer.concat(parts);
}
