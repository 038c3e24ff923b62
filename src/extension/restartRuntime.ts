import * as vscode from 'vscode';
import { plainText } from './plainText.ts';
import { saidError } from './saidError.ts';
import type { WindowConnection } from './windowConnection.ts';

/**
 * Asks the runtime to go, and connects to the one that takes its place. One that is at work is asked about first: its turns
 * would end. A runtime of another version takes no requests: it is ended when the person says so.
 */
export async function restartRuntime(connection: WindowConnection): Promise<void> {
  const { t } = vscode.l10n;
  if (connection.view.state === 'incompatible') return replaceIncompatible(connection);
  if (connection.view.state !== 'connected') {
    const words =
      connection.problem === undefined
        ? t('There is no connection to a Holdfast runtime. Trying again.')
        : plainText(saidError(connection.problem, t));
    void vscode.window.showWarningMessage(words);
    return connection.retryNow();
  }
  const { sessions } = await connection.request('runtime/status', {});
  const busy = sessions.running + sessions.waiting;
  const restart = t('End Turns and Restart');
  if (busy > 0) {
    const words =
      busy === 1
        ? t('1 session is at work. Its turn would end.')
        : t('{0} sessions are at work. Their turns would end.', busy);
    const detail = t('The sessions stay, and can be continued.');
    if ((await vscode.window.showWarningMessage(words, { modal: true, detail }, restart)) !== restart) return;
  }
  try {
    const { retiring, reason } = await connection.request('runtime/retire', { force: busy > 0 });
    if (!retiring) throw new Error(reason ?? t('it is still needed'));
    void vscode.window.setStatusBarMessage(t('$(sync~spin) Restarting the Holdfast runtime'), 3_000);
  } catch (error) {
    void vscode.window.showErrorMessage(
      t('The Holdfast runtime does not restart: {0}', plainText(saidError(error, t))),
    );
  }
}

async function replaceIncompatible(connection: WindowConnection): Promise<void> {
  const { t } = vscode.l10n;
  const end = t('End It and Start This Version');
  const detail = t('What it runs is interrupted. The sessions stay, and can be continued.');
  const words = t('The running Holdfast runtime is of another version.');
  if ((await vscode.window.showWarningMessage(words, { modal: true, detail }, end)) !== end) return;
  try {
    const { endRuntime } = await import('../client/endRuntime.ts');
    await endRuntime(connection.home, () => undefined);
    connection.retryNow();
  } catch (error) {
    void vscode.window.showErrorMessage(
      t('The Holdfast runtime does not restart: {0}', plainText(saidError(error, t))),
    );
  }
}
