/** A session's title as the name of a file on any system, without an ending. Pure. */
export function fileName(title: string): string {
  const plain = title.replaceAll(/[^\p{L}\p{N} ._-]+/gu, ' ').replaceAll(/\s+/gu, ' ');
  const short = plain
    .trim()
    .slice(0, 60)
    .replace(/[ .]+$/u, '');
  return short === '' ? 'session' : short;
}
