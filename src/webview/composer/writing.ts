import type { ComposerModel } from './model.ts';

/** Puts text in the place of some of what is written, as if it had been typed: undo takes it back. */
export function typeInto({ field, text }: ComposerModel, from: number, to: number, typed: string): void {
  if (field === null) return;
  field.focus();
  field.setSelectionRange(from, to);
  // The only way to write into a field that its undo knows of.
  if (!document.execCommand('insertText', false, typed)) field.setRangeText(typed, from, to, 'end');
  text.value = field.value;
}

/** Replaces all that is written. */
export function rewrite(model: ComposerModel, text: string): void {
  typeInto(model, 0, model.text.peek().length, text);
}
