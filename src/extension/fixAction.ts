import * as vscode from 'vscode';

/** “Fix with agent” among the quick fixes of a problem (U5): puts it into a session's composer. Registered by `activate`. */
export function registerFixAction(): vscode.Disposable {
  const kind = vscode.CodeActionKind.QuickFix;
  return vscode.languages.registerCodeActionsProvider(
    [{ scheme: 'file' }, { scheme: 'untitled' }],
    {
      provideCodeActions(document, _range, { diagnostics }) {
        if (diagnostics.length === 0) return [];
        const action = new vscode.CodeAction(vscode.l10n.t('Fix with agent'), kind);
        action.diagnostics = [...diagnostics];
        action.command = {
          command: 'holdfast.fixProblems',
          title: vscode.l10n.t('Fix with agent'),
          arguments: [document.uri, diagnostics],
        };
        return [action];
      },
    },
    { providedCodeActionKinds: [kind] },
  );
}
