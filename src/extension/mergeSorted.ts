/** Two lists in order as one in order, the first before the second where they are alike: one comparison a row at most. Pure. */
export function mergeSorted<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): T[] {
  const merged: T[] = [];
  let at = 0;
  for (const next of b) {
    for (let row = a[at]; row !== undefined && compare(row, next) <= 0; row = a[++at]) merged.push(row);
    merged.push(next);
  }
  for (; at < a.length; at++) merged.push(a[at] as T);
  return merged;
}
