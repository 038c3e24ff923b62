import * as vscode from 'vscode';
import { homeLayout } from '../protocol/homeLayout.ts';
import { Pace } from './pace.ts';

/** Writes come in swarms: the hosts are read anew at most this often, in milliseconds. */
const BETWEEN_READS_MS = 500;

/** Lets hosts that a terminal, or a person, puts into `remotes.json` of the data directory show up in the window at once (O7). */
export function watchRemotes(home: string, follow: () => void): vscode.Disposable {
  const pattern = new vscode.RelativePattern(vscode.Uri.file(home), homeLayout.remotes);
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  const pace = new Pace(BETWEEN_READS_MS, follow);
  const ask = (): void => pace.ask();
  return vscode.Disposable.from(
    watcher,
    pace,
    watcher.onDidCreate(ask),
    watcher.onDidChange(ask),
    watcher.onDidDelete(ask),
  );
}
