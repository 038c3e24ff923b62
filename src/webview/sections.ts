import type { ItemId, TurnId } from '../protocol/ids.ts';
import type { Item } from '../protocol/items.ts';

/** A stretch of the transcript that is shown together: one turn, or rows that belong to none. */
export interface Section {
  /** Stays the same while rows are added before and after: the id of the turn's row, else of its first row. */
  readonly key: ItemId;
  /** The turn, for a section that has its heading and its outcome; absent for rows outside turns and late ones. */
  readonly turnId: TurnId | undefined;
  readonly rows: readonly ItemId[];
  /** A notice behind it that says once more why the turn failed: the turn stands for it (see `toldBy`). */
  readonly repeat?: ItemId;
}

/** Sections behind a turn that failed which what its agent left behind may have begun. */
const LOOKED_BACK = 8;

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
 * The section whose turn tells already what a row says once more: an agent that is gone is told of by the turn that failed with
 * it, which has the ways out. Other notices may stand between the two; what is said again after that is news.
 */
export function toldBy<S extends Section>(sections: readonly S[], item: Item, rowOf: RowOf): S | undefined {
  if (item.kind !== 'notice') return undefined;
  for (const section of sections.slice(-LOOKED_BACK).toReversed()) {
    const turn = section.turnId === undefined ? undefined : rowOf(turnRowId(section.turnId));
    if (turn?.kind !== 'turn') continue;
    const isTold = turn.outcome === 'failed' && turn.failure?.message === item.text;
    return isTold && section.repeat === undefined ? section : undefined;
  }
  return undefined;
}

/** The section that a row begins. `seen` are the turns that have a section already. */
export function beginSection(item: Item, seen: ReadonlySet<TurnId>): Section {
  const late = item.turnId !== undefined && seen.has(item.turnId);
  const turnId = late ? undefined : item.turnId;
  return { key: turnId === undefined ? item.itemId : turnRowId(turnId), turnId, rows: [item.itemId] };
}

/** Groups rows, in the order of the transcript, into sections; what is told already is left out. */
export function sectionsOf(items: readonly Item[], rowOf: RowOf): Section[] {
  const sections: (Section & { readonly rows: ItemId[]; repeat?: ItemId })[] = [];
  const seen = new Set<TurnId>();
  for (const item of items) {
    const told = toldBy(sections, item, rowOf);
    if (told !== undefined) {
      told.repeat = item.itemId;
      continue;
    }
    const last = sections.at(-1);
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

function isSame({ turnId, rows, repeat }: Section, other: Section): boolean {
  return (
    turnId === other.turnId &&
    repeat === other.repeat &&
    rows.length === other.rows.length &&
    rows.every((itemId, index) => itemId === other.rows[index])
  );
}

/** The id of a turn's own row, as `items.ts` makes it. */
export function turnRowId(turnId: TurnId): ItemId {
  return `turn:${turnId}` as ItemId;
}
