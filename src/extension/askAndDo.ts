import * as vscode from 'vscode';
import { tellError } from './tellError.ts';

/**
 * Asks for a line of text and does something with it; where that fails, says why and asks again with what was typed, which is not
 * lost. Gives what came of it, `undefined` where nothing was typed. Never rejects.
 */
export async function askAndDo<T>(
  { value = '', ...options }: vscode.InputBoxOptions,
  act: (text: string) => Promise<T>,
): Promise<T | undefined> {
  for (let typed = value; ;) {
    const text = await vscode.window.showInputBox({ ...options, value: typed });
    if (text === undefined || text.trim() === '') return undefined;
    try {
      return await act(text);
    } catch (error) {
      tellError(error);
      typed = text;
    }
  }
}
