/** How many folders the text of a `.code-workspace` file names: JSON with comments and trailing commas. Pure. */
export function foldersNamed(text: string): number {
  const plain = text.replaceAll(
    /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//gu,
    (_, kept?: string) => kept ?? '',
  );
  const from = /"folders"\s*:\s*\[/u.exec(plain);
  if (from === null) return 0;
  const strings = /"(?:[^"\\]|\\.)*"|\]/gu;
  strings.lastIndex = from.index + from[0].length;
  let count = 0;
  for (let found = strings.exec(plain); found !== null && found[0] !== ']'; found = strings.exec(plain))
    if (/^"(?:path|uri)"$/u.test(found[0]) && /^\s*:/u.test(plain.slice(strings.lastIndex))) count++;
  return count;
}
