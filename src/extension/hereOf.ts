import * as vscode from 'vscode';

/** What was dropped, as it is called on this machine: a window that is elsewhere names this machine in its addresses. */
export function hereOf(address: string): vscode.Uri {
  const uri = vscode.Uri.parse(address);
  return uri.scheme === 'vscode-remote' ? uri.with({ scheme: 'file', authority: '' }) : uri;
}
