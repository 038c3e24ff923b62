import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';
import { homeLayout } from '../protocol/homeLayout.ts';
import { Pace } from './pace.ts';
import type { RemoteHosts } from './remoteHosts.ts';
import type { SettingsReport } from './settings.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Writes come in swarms: the hosts are read anew at most this often, in milliseconds. */
const BETWEEN_READS_MS = 500;

/** Whose `remotes.json` is watched, for whom, and who tells a person what is wrong in it. */
export interface WatchRemotesParts {
  readonly connection: WindowConnection;
  readonly hosts: RemoteHosts;
  readonly follow: () => void;
  readonly report: SettingsReport;
}

/**
 * Lets hosts that a terminal, or a person, puts into `remotes.json` of the data directory show up in the window at once (O7), and
 * says what is wrong there. The file is watched from the first connection on: before, the directory may not be there.
 */
export function watchRemotes({ connection, hosts, follow, report }: WatchRemotesParts): vscode.Disposable {
  const owned = new DisposableStore();
  const file = vscode.Uri.joinPath(vscode.Uri.file(connection.home), homeLayout.remotes).fsPath;
  owned.add(hosts.onChange(() => report.reportRemotes(hosts.problems, file)));
  let isWatched = false;
  const watch = (): void => {
    if (isWatched) return;
    isWatched = true;
    const pattern = new vscode.RelativePattern(vscode.Uri.file(connection.home), homeLayout.remotes);
    const watcher = owned.add(vscode.workspace.createFileSystemWatcher(pattern));
    const pace = owned.add(new Pace(BETWEEN_READS_MS, follow));
    const ask = (): void => pace.ask();
    owned.add(watcher.onDidCreate(ask));
    owned.add(watcher.onDidChange(ask));
    owned.add(watcher.onDidDelete(ask));
  };
  owned.add(connection.onView(({ state }) => state === 'connected' && watch()));
  return owned;
}
