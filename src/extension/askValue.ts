import * as vscode from 'vscode';
import { DisposableStore } from '../base/disposable.ts';

/** A value that is asked for. */
export interface AskedValue {
  readonly title: string;
  readonly prompt: string;
  readonly step: number;
  readonly steps: number;
  readonly secret: boolean;
  readonly optional: boolean;
  /** Where it is to be had. */
  readonly link?: string | undefined;
}

/** Asks a person for one value, hidden if it is secret; empty for one that is left out, `undefined` when they changed their mind. */
export function askValue(asked: AskedValue): Promise<string | undefined> {
  const owned = new DisposableStore();
  const input = owned.add(vscode.window.createInputBox());
  const { title, prompt, step, steps, secret, optional, link } = asked;
  Object.assign(input, { title, prompt, step, totalSteps: steps, password: secret, ignoreFocusOut: true });
  if (optional) input.placeholder = vscode.l10n.t('May be left empty');
  if (link !== undefined)
    input.buttons = [
      {
        iconPath: new vscode.ThemeIcon('link-external'),
        tooltip: vscode.l10n.t('Open the page where it is to be had'),
      },
    ];
  owned.add(input.onDidTriggerButton(() => link !== undefined && openPage(link)));
  owned.add(input.onDidChangeValue(() => (input.validationMessage = undefined)));
  return new Promise((resolve) => {
    let given: string | undefined;
    owned.add(
      input.onDidAccept(() => {
        if (input.value.trim() === '' && !optional) {
          input.validationMessage = vscode.l10n.t('A value is needed.');
          return;
        }
        given = input.value.trim();
        input.hide();
      }),
    );
    input.onDidHide(() => {
      owned.dispose();
      resolve(given);
    });
    input.show();
  });
}

function openPage(link: string): void {
  if (/^https?:/u.test(link)) void vscode.env.openExternal(vscode.Uri.parse(link));
}
