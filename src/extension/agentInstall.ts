import * as vscode from 'vscode';
import type { Result } from '../protocol/methods.ts';
import { jobText } from './agentLook.ts';
import { plainText } from './plainText.ts';
import type { WindowConnection } from './windowConnection.ts';
import { withProgress } from './withProgress.ts';

/**
 * Installs or updates an agent, with progress that can be cancelled for all who wait for it (A8). `undefined` when it was
 * cancelled; rejects with `agentInstallFailed`, in words that say what helps.
 */
export async function installAgent(
  connection: WindowConnection,
  { id, name }: { readonly id: string; readonly name: string },
  doing: 'install' | 'update',
): Promise<Result<'agent/install'> | undefined> {
  const { t } = vscode.l10n;
  const title =
    doing === 'install' ? t('Installing {0}', plainText(name)) : t('Updating {0}', plainText(name));
  const installed = await withProgress(title, async ({ signal, onProgress, onStep }) => {
    const watching = connection.onAgentProgress(({ agent, job }) => {
      if (agent !== id) return;
      onStep(jobText(job, t));
      const { doneBytes, totalBytes } = job;
      if (doneBytes !== undefined && totalBytes !== undefined) onProgress(doneBytes / totalBytes);
    });
    const cancel = (): void =>
      void connection.request('agent/cancelInstall', { agent: id }).catch(() => undefined);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await connection.request(`agent/${doing}`, { agent: id });
    } finally {
      watching.dispose();
    }
  });
  const [warning] = installed?.warnings ?? [];
  if (warning !== undefined)
    void vscode.window.showWarningMessage(plainText(installed?.warnings.join(' ') ?? ''));
  return installed;
}
