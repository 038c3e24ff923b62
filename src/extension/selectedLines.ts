import type * as vscode from 'vscode';

/** Lines as a person counts them; a selection that ends before a line’s first character leaves that line out. Pure. */
export function selectedLines({ start, end }: Pick<vscode.Selection, 'start' | 'end'>): {
  readonly from: number;
  readonly to: number;
} {
  const isBefore = end.character === 0 && end.line > start.line;
  return { from: start.line + 1, to: isBefore ? end.line : end.line + 1 };
}
