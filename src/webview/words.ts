/** Translations by their English text, as VS Code's `l10n.bundle` has them. */
export type Words = Readonly<Record<string, string>>;

let words: Words = {};

/** Takes the translations that the extension wrote into the page; without any, English is shown. */
export function useWords(given: Words): void {
  words = given;
}

/** The translation of an English text; `{0}`, `{1}` … are replaced by the values after it. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  return (words[text] ?? text).replace(/\{(\d+)\}/g, (whole, index: string) =>
    String(values[Number(index)] ?? whole),
  );
}
