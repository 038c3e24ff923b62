/** Translates an English text; `{0}`, `{1}` … stand for the values after it. In the editor this is `vscode.l10n.t`. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

/** English as it is: for tests, and wherever there is no editor. */
export const english: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
