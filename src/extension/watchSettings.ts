import * as vscode from 'vscode';
import type { SettingsReport } from './settings.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Lets changed settings take effect: agents with a new connection, remote hosts at once, the data directory with a reload of the window. */
export function watchSettings({
  connection,
  followRemotes,
  report,
}: {
  connection: WindowConnection;
  followRemotes: () => void;
  report: SettingsReport;
}): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (!change.affectsConfiguration('holdfast')) return;
    void report.report();
    if (['agents', 'mcpServers'].some((name) => change.affectsConfiguration(`holdfast.${name}`)))
      connection.reconnect();
    if (change.affectsConfiguration('holdfast.remotes')) followRemotes();
    if (change.affectsConfiguration('holdfast.home')) void offerReload();
  });
}

async function offerReload(): Promise<void> {
  const reload = vscode.l10n.t('Reload Window');
  const words = vscode.l10n.t('Holdfast uses another data directory once the window is loaded again.');
  if ((await vscode.window.showInformationMessage(words, reload)) === reload) {
    await vscode.commands.executeCommand('workbench.action.reloadWindow');
  }
}
