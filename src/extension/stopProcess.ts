import * as vscode from 'vscode';
import { isHoldfastError } from '../protocol/errors.ts';
import type { ProcessId } from '../protocol/ids.ts';
import { plainText } from './plainText.ts';
import { saidError } from './saidError.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Stops an agent process; one that works only when the person wants that. Whether it was stopped. */
export async function stopProcess(connection: WindowConnection, processId: ProcessId): Promise<boolean> {
  try {
    await connection.request('runtime/stopProcess', { processId });
    return true;
  } catch (error) {
    if (!isHoldfastError(error, 'sessionBusy')) throw error;
    const go = vscode.l10n.t('Stop It');
    const detail = vscode.l10n.t(
      'Its running turns fail. The sessions stay, and go on with their next prompt.',
    );
    const chosen = await vscode.window.showWarningMessage(
      plainText(saidError(error, vscode.l10n.t)),
      { modal: true, detail },
      go,
    );
    if (chosen !== go) return false;
    await connection.request('runtime/stopProcess', { processId, force: true });
    return true;
  }
}
