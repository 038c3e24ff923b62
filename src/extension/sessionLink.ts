import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';

/** The address of a session as prompts and journals keep it: it names no window, and stays. */
export function sessionLink(sessionId: SessionId): string {
  return `${vscode.env.uriScheme}://holdfast.holdfast/session/${sessionId}`;
}

/**
 * The address of a session for a person to keep (U5, U7). On the desktop it leads to this window while that is open, since
 * `sessionLink` does not tell that the window is on another machine. What a browser would give instead is good for one use
 * and until the page is loaded again, so there it stays `sessionLink`.
 */
export async function linkToKeep(sessionId: SessionId): Promise<string> {
  const link = sessionLink(sessionId);
  if (vscode.env.uiKind === vscode.UIKind.Web) return link;
  // What stands in the query is encoded already.
  return (await vscode.env.asExternalUri(vscode.Uri.parse(link))).toString(true);
}
