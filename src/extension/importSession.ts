import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { checkImport, importFile, sendImport } from '../client/importSession.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import type { SessionId } from '../protocol/ids.ts';
import { chooseFolder } from './chooseFolder.ts';
import type { WindowConnection } from './windowConnection.ts';
import { withProgress } from './withProgress.ts';

/**
 * Takes a session in out of the file that the person picks, or the given one; gives its new id, `undefined` when they
 * changed their mind. Where the folder it worked in is not here, it works in one of this window. Rejects with a `HoldfastError`.
 */
export async function importSession(
  connection: WindowConnection,
  given: vscode.Uri | undefined,
): Promise<SessionId | undefined> {
  const { t } = vscode.l10n;
  const file = given ?? (await chooseFile());
  if (file === undefined) return undefined;
  const taken = await withProgress(t('Importing a session'), async (parts) => {
    try {
      const source = await importFile(file.fsPath);
      const facts = await checkImport(source, parts.signal);
      const cwd = facts.cwd === undefined || existsSync(facts.cwd) ? facts.cwd : await chooseFolder();
      if (cwd === undefined && facts.cwd !== undefined) return undefined;
      return await sendImport(connection, source, facts, { cwd, ...parts });
    } catch (error) {
      await showProblems(error);
      throw error;
    }
  });
  if (taken === undefined) return undefined;
  if (taken.missingBlobs > 0)
    void vscode.window.showWarningMessage(
      t(
        'The session was imported; {0} large contents that it refers to are not in the file.',
        taken.missingBlobs,
      ),
    );
  return taken.sessionId;
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const { t } = vscode.l10n;
  const folder = vscode.workspace.workspaceFolders?.[0];
  const chosen = await vscode.window.showOpenDialog({
    title: t('Import Session'),
    openLabel: t('Import'),
    ...(folder !== undefined && { defaultUri: folder.uri }),
    filters: { [t('Exported sessions')]: ['ndjson', 'jsonl'] },
  });
  return chosen?.[0];
}

/** Several bad lines are more than a notification holds: they are shown as a document beside it. */
async function showProblems(error: unknown): Promise<void> {
  const problems = isHoldfastError(error, 'invalidParams') ? error.details['problems'] : undefined;
  if (!Array.isArray(problems) || problems.length < 2) return;
  const content = problems.join('\n');
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }));
}
