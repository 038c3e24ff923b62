import type { DiffLine } from './lineDiff.ts';

/** A line of a diff with its number, from 1: of the new text, or of the old one for a line that was removed. */
export interface Numbered {
  readonly line: DiffLine;
  readonly number: number | undefined;
}

/** Numbers the lines of a diff. Pure. */
export function numbered(lines: readonly DiffLine[]): Numbered[] {
  let old = 0;
  let fresh = 0;
  return lines.map((line) => {
    if (line.kind === 'gap') {
      old += line.count;
      fresh += line.count;
      return { line, number: undefined };
    }
    if (line.kind !== 'added') old++;
    if (line.kind !== 'removed') fresh++;
    return { line, number: line.kind === 'removed' ? old : fresh };
  });
}
