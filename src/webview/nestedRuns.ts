import type { ItemId } from '../protocol/ids.ts';
import type { Item } from '../protocol/items.ts';

/** The id of a command's own row, as `items.ts` makes it. */
export function commandRowId(commandRunId: string): ItemId {
  return `commandRun:${commandRunId}` as ItemId;
}

/** The rows of commands that a row shows inside of itself: a tool call refers to what it runs by its terminal. Pure. */
export function nestedRuns(item: Item): readonly ItemId[] {
  if (item.kind !== 'toolCall') return [];
  return (item.content ?? []).flatMap((part) =>
    part.type === 'terminal' ? [commandRowId(part.terminalId)] : [],
  );
}
