/** One line of a diff: kept, added or removed, or a mark that unchanged lines were left out here. */
export type DiffLine =
  | { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }
  | { readonly kind: 'gap'; readonly count: number };

/** Unchanged lines shown around a change. */
const CONTEXT = 3;
/** Beyond this many differing lines on both sides multiplied, all old lines are shown as removed and all new ones as added. */
const LARGEST_TABLE = 4_000_000;

/** The line diff of two texts, with unchanged stretches left out. Pure; its cost is bounded. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const oldLines = linesOf(before);
  const newLines = linesOf(after);
  let start = 0;
  while (start < oldLines.length && start < newLines.length && oldLines[start] === newLines[start]) start++;
  let end = 0;
  const shorter = Math.min(oldLines.length, newLines.length) - start;
  while (end < shorter && oldLines[oldLines.length - 1 - end] === newLines[newLines.length - 1 - end]) end++;
  const lines: DiffLine[] = [
    ...oldLines.slice(0, start).map(same),
    ...changed(oldLines.slice(start, oldLines.length - end), newLines.slice(start, newLines.length - end)),
    ...oldLines.slice(oldLines.length - end).map(same),
  ];
  return folded(lines);
}

/** How many lines a diff adds and removes. */
export function diffCounts(lines: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine['kind']): number => lines.filter((line) => line.kind === kind).length;
  return { added: count('added'), removed: count('removed') };
}

const same = (text: string): DiffLine => ({ kind: 'same', text });
const removed = (text: string): DiffLine => ({ kind: 'removed', text });
const added = (text: string): DiffLine => ({ kind: 'added', text });

function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** The longest common subsequence of the two stretches, read back as kept, removed and added lines. */
function changed(before: readonly string[], after: readonly string[]): DiffLine[] {
  const width = after.length + 1;
  if (before.length === 0 || after.length === 0 || before.length * after.length > LARGEST_TABLE) {
    return [...before.map(removed), ...after.map(added)];
  }
  const table = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      table[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      lines.push(same(old));
      i++;
      j++;
    } else if (fresh === undefined || (old !== undefined && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(removed(old ?? ''));
      i++;
    } else {
      lines.push(added(fresh));
      j++;
    }
  }
  return lines;
}

/** Leaves out unchanged lines that are far from every change. */
function folded(lines: readonly DiffLine[]): DiffLine[] {
  const near = new Set<number>();
  lines.forEach((line, index) => {
    if (line.kind === 'same') return;
    for (let place = index - CONTEXT; place <= index + CONTEXT; place++) near.add(place);
  });
  const result: DiffLine[] = [];
  for (const [index, line] of lines.entries()) {
    const last = result.at(-1);
    if (near.has(index)) result.push(line);
    else if (last?.kind === 'gap') result[result.length - 1] = { kind: 'gap', count: last.count + 1 };
    else result.push({ kind: 'gap', count: 1 });
  }
  return result;
}
