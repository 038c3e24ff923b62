import * as vscode from 'vscode';
import { linkTarget } from './linkTarget.ts';
import { plainText } from './plainText.ts';

/** Opens what a link of a transcript leads to, if it may be opened: see `linkTarget`. */
export async function openLink(
  href: string,
  folder: string | undefined,
  host: string | undefined,
): Promise<void> {
  const target = linkTarget(href, folder ?? '/');
  if (target === undefined) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Holdfast does not open this link: {0}', plainText(href.slice(0, 200))),
    );
  } else if (target.kind === 'external') {
    await vscode.env.openExternal(vscode.Uri.parse(target.address, true));
  } else await openLocation(target, folder, host);
}

/** Opens a place in a file; `line` counts from 1. A file that is not there, or is on a remote host, is said to be. */
export async function openLocation(
  { path, line }: { path: string; line?: number | undefined },
  folder: string | undefined,
  host: string | undefined,
): Promise<void> {
  if (host !== undefined) return sayElsewhere(path, host);
  const target = linkTarget(path.replaceAll('%', '%25'), folder ?? '/');
  const file = vscode.Uri.file(target?.kind === 'file' ? target.path : path);
  try {
    const start = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
    await vscode.window.showTextDocument(file, {
      preview: true,
      ...(line === undefined ? {} : { selection: new vscode.Range(start, start) }),
    });
  } catch {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('{0} cannot be opened. It may have been moved or deleted.', plainText(file.fsPath)),
    );
  }
}

/** Files of a remote host do not open here. */
export function sayElsewhere(path: string, host: string): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      '{0} is on {1}. Files there do not open here; ask the agent for what is in it.',
      plainText(path),
      plainText(host),
    ),
  );
}
