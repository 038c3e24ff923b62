import * as vscode from 'vscode';
import { tellError } from './tellError.ts';

/**
 * Asks for a line of text and does something with it; where that fails, says why and asks again with what was typed, which is not
 * lost. Gives what came of it, `undefined` where the box was closed, or nothing was typed and that means nothing. Never rejects.
 */
export async function askAndDo<T>(
  { value = '', takesEmpty = false, ...options }: vscode.InputBoxOptions & { readonly takesEmpty?: boolean },
  act: (text: string) => Promise<T>,
): Promise<T | undefined> {
  for (let typed = value; ;) {
    const text = await vscode.window.showInputBox({ ...options, value: typed });
    if (text === undefined || (!takesEmpty && text.trim() === '')) return undefined;
    try {
      return await act(text);
    } catch (error) {
      tellError(error);
      typed = text;
    }
  }
}
