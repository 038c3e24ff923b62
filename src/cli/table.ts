/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Whether the column gives way when the terminal is narrow. Default false. */
  readonly shrinks?: boolean;
}

/** The narrowest a shrinking column gets. */
const NARROWEST = 12;

/** Rows in aligned columns, under their titles; cut to a width. Widths count characters. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width = Infinity,
): string[] {
  const cells = rows.map((row) => columns.map(({ value }) => oneLine(value(row))));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => Array.from(row[index] ?? '').length)),
  );
  let surplus = widths.reduce((sum, each) => sum + each + 2, -2) - width;
  for (const [index, column] of columns.entries()) {
    const own = widths[index] ?? 0;
    if (!column.shrinks || surplus <= 0) continue;
    widths[index] = Math.max(Math.min(own, NARROWEST), own - surplus);
    surplus -= own - (widths[index] ?? 0);
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => fit(cell, widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...cells.map(line)];
}

function fit(cell: string, width: number): string {
  const characters = Array.from(cell);
  if (characters.length <= width) return cell + ' '.repeat(width - characters.length);
  return `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

function oneLine(text: string): string {
  // Control characters of a title could move the cursor.
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ');
}
