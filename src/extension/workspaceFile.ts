/** A folder as a workspace file names it: by a path, relative to the file, or by a URI. */
export interface NamedFolder {
  readonly kind: 'path' | 'uri';
  readonly value: string;
}

/** The folders that the text of a `.code-workspace` file names: JSON with comments and trailing commas. Pure. */
export function foldersNamed(text: string): NamedFolder[] {
  const plain = text.replaceAll(
    /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//gu,
    (_, kept?: string) => kept ?? '',
  );
  const from = /"folders"\s*:\s*\[/u.exec(plain);
  if (from === null) return [];
  const folders: NamedFolder[] = [];
  const next = /"(path|uri)"\s*:\s*("(?:[^"\\]|\\.)*")|"(?:[^"\\]|\\.)*"|\]/gu;
  next.lastIndex = from.index + from[0].length;
  for (let found = next.exec(plain); found !== null && found[0] !== ']'; found = next.exec(plain)) {
    const [, kind, value] = found;
    if (kind !== undefined && value !== undefined)
      folders.push({ kind: kind === 'uri' ? 'uri' : 'path', value: unquoted(value) });
  }
  return folders;
}

function unquoted(value: string): string {
  try {
    return String(JSON.parse(value));
  } catch {
    return value.slice(1, -1);
  }
}
