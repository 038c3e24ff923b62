import type { ItemId, TurnId } from '../protocol/ids.ts';
import type { Item } from '../protocol/items.ts';

/** A stretch of the transcript that is shown together: one turn, or rows that belong to none. */
export interface Section {
  /** The id of its first row. */
  readonly key: ItemId;
  /** The turn, for a section that has its heading and its outcome; absent for rows outside turns and late ones. */
  readonly turnId: TurnId | undefined;
  readonly rows: readonly ItemId[];
}

/** Whether a row continues a section. A row of a turn whose section is closed stands alone: it came late. */
export function continues(section: Section, item: Item): boolean {
  return item.kind !== 'turn' && item.turnId === section.turnId;
}

/** The section that a row begins. `seen` are the turns that have a section already. */
export function beginSection(item: Item, seen: ReadonlySet<TurnId>): Section {
  const late = item.turnId !== undefined && seen.has(item.turnId);
  return { key: item.itemId, turnId: late ? undefined : item.turnId, rows: [item.itemId] };
}

/** Groups rows, in the order of the transcript, into sections. */
export function sectionsOf(items: readonly Item[]): Section[] {
  const sections: Section[] = [];
  const seen = new Set<TurnId>();
  for (const item of items) {
    const last = sections.at(-1);
    if (last !== undefined && continues(last, item)) {
      sections[sections.length - 1] = { ...last, rows: [...last.rows, item.itemId] };
      continue;
    }
    sections.push(beginSection(item, seen));
    if (item.turnId !== undefined) seen.add(item.turnId);
  }
  return sections;
}
