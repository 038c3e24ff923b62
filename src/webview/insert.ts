let insert: ((text: string) => void) | undefined;
let waiting: string | undefined;

/** Adds text to what is being written, behind what stands there; it waits for the composer if there is none yet. */
export function insertText(text: string): void {
  if (insert === undefined) waiting = joined(waiting ?? '', text);
  else insert(text);
}

/** Names what takes inserted text; returns what takes that back. */
export function offerInsert(take: (text: string) => void): () => void {
  insert = take;
  if (waiting !== undefined) take(waiting);
  waiting = undefined;
  return () => {
    if (insert === take) insert = undefined;
  };
}

/** Two texts in one field: the second begins a line, unless there is nothing before it. Pure. */
export function joined(before: string, text: string): string {
  return before === '' || before.endsWith('\n') ? before + text : `${before}\n${text}`;
}
