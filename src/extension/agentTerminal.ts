import * as vscode from 'vscode';
import type { SignInTerminal } from '../protocol/signIn.ts';

/**
 * Runs an agent's own program in a terminal of the editor until it ends, or the person closes it. Gives its exit code, where
 * there is one.
 */
export async function runInTerminal(
  name: string,
  { command, args, env }: SignInTerminal,
): Promise<number | undefined> {
  const terminal = vscode.window.createTerminal({
    ...{ name, shellPath: command, shellArgs: [...args], env: { ...env } },
    iconPath: new vscode.ThemeIcon('key'),
    // What it was given may be secret: it is not made again after a reload.
    isTransient: true,
  });
  const closed = new Promise<number | undefined>((resolve) => {
    const listener = vscode.window.onDidCloseTerminal((each) => {
      if (each !== terminal) return;
      listener.dispose();
      resolve(each.exitStatus?.code);
    });
  });
  terminal.show();
  return closed;
}
