import * as vscode from 'vscode';
import { errorText } from '../base/errorText.ts';
import type { Log } from '../client/index.ts';
import { readSettings } from './settings.ts';

/**
 * Notifications of the operating system (U4), for a person who looks at no window of the editor: the runtime names the window that
 * tells of a cause, and one that is named without the focus is named because no other has it. Only where the extension runs
 * on the person's own machine. Owned by `activate`.
 */
export class SystemNotices {
  readonly #log: Log;
  /** No program for it is on this machine. */
  #missing = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Says a sentence, unless a window is looked at, or settings are against it. Never rejects; silent where it cannot be. */
  async tell(text: string): Promise<void> {
    const { system, sound } = readSettings().notifications;
    if (!system || this.#missing || vscode.window.state.focused || !isOnThisMachine()) return;
    try {
      const { showSystemNotice } = await import('./systemNotice.ts');
      await showSystemNotice({ text, sound });
    } catch (error) {
      this.#missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      this.#log(`the operating system shows no notification: ${errorText(error)}`, 'info');
    }
  }
}

function isOnThisMachine(): boolean {
  return vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
}
