import type { ItemId, TurnId } from '../protocol/ids.ts';
import type { Item } from '../protocol/items.ts';

/** A stretch of the transcript that is shown together: one turn, or rows that belong to none. */
export interface Section {
  /** Stays the same while rows are added before and after: the id of the turn's row, else of its first row. */
  readonly key: ItemId;
  /** The turn, for a section that has its heading and its outcome; absent for rows outside turns and late ones. */
  readonly turnId: TurnId | undefined;
  readonly rows: readonly ItemId[];
}

/** Gives a loaded row by its id. */
export type RowOf = (itemId: ItemId) => Item | undefined;

/**
 * Whether a row continues a section, the last one so far: one of its turn does, and until that turn ends every other row
 * that comes does too, be it of no turn or a late one of an earlier turn.
 */
export function continues(section: Section, item: Item, rowOf: RowOf): boolean {
  if (item.kind === 'turn') return false;
  if (item.turnId === section.turnId) return true;
  const turn = section.turnId === undefined ? undefined : rowOf(turnRowId(section.turnId));
  return turn?.kind === 'turn' && (turn.outcome === undefined || item.position < turn.seq);
}

/**
 * Whether a row says once more why the turn of the section before it failed: an agent that is gone is told of by its turn, which
 * has the ways out.
 */
export function repeats(section: Section | undefined, item: Item, rowOf: RowOf): boolean {
  if (item.kind !== 'notice' || section?.turnId === undefined) return false;
  const turn = rowOf(turnRowId(section.turnId));
  return turn?.kind === 'turn' && turn.outcome === 'failed' && turn.failure?.message === item.text;
}

/** The section that a row begins. `seen` are the turns that have a section already. */
export function beginSection(item: Item, seen: ReadonlySet<TurnId>): Section {
  const late = item.turnId !== undefined && seen.has(item.turnId);
  const turnId = late ? undefined : item.turnId;
  return { key: turnId === undefined ? item.itemId : turnRowId(turnId), turnId, rows: [item.itemId] };
}

/** Groups rows, in the order of the transcript, into sections; what is told already is left out. */
export function sectionsOf(items: readonly Item[], rowOf: RowOf): Section[] {
  const sections: (Section & { readonly rows: ItemId[] })[] = [];
  const seen = new Set<TurnId>();
  for (const item of items) {
    const last = sections.at(-1);
    if (repeats(last, item, rowOf)) continue;
    if (last !== undefined && continues(last, item, rowOf)) {
      last.rows.push(item.itemId);
      continue;
    }
    sections.push({ ...beginSection(item, seen), rows: [item.itemId] });
    if (item.turnId !== undefined) seen.add(item.turnId);
  }
  return sections;
}

/** `sections`, with those of `known` that are the same: who shows one of them need not render anew. Pure. */
export function keepSections(sections: readonly Section[], known: readonly Section[]): readonly Section[] {
  const byKey = new Map(known.map((section) => [section.key, section]));
  return sections.map((section) => {
    const before = byKey.get(section.key);
    return before !== undefined && isSame(before, section) ? before : section;
  });
}

function isSame({ turnId, rows }: Section, other: Section): boolean {
  return (
    turnId === other.turnId &&
    rows.length === other.rows.length &&
    rows.every((itemId, index) => itemId === other.rows[index])
  );
}

/** The id of a turn's own row, as `items.ts` makes it. */
export function turnRowId(turnId: TurnId): ItemId {
  return `turn:${turnId}` as ItemId;
}
