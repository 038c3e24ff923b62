import type { ItemId } from '../protocol/ids.ts';
import { chunksOf } from './chunks.ts';
import type { Section } from './sections.ts';

/** Sections that are built, and laid out, together. */
const GROUP_SECTIONS = 6;
/** Groups that are one box for the browser while no reader is near: each frame looks at every box that there is. */
const STACK_GROUPS = 16;

/** Some sections in a row. */
export type Group = readonly Section[];

/**
 * Groups the sections of a transcript, and stacks the groups. A group, and a stack, stays the same array while nothing in it
 * changes, and keeps its first section while others come before and after it, so that who shows it stays as well.
 */
export class SectionGroups {
  readonly #groups = new Gatherer<Section>(GROUP_SECTIONS, (section) => section.key);
  readonly #stacks = new Gatherer<Group>(STACK_GROUPS, (group) => group[0]?.key);

  of(sections: readonly Section[]): readonly (readonly Group[])[] {
    return this.#stacks.of(this.#groups.of(sections));
  }
}

/** Gathers what comes in a row, each known by its key, and keeps the arrays that stay the same. */
class Gatherer<T> {
  readonly #size: number;
  readonly #keyOf: (one: T) => ItemId | undefined;
  #keys: readonly (readonly (ItemId | undefined)[])[] = [];
  #gathered = new Map<readonly (ItemId | undefined)[], readonly T[]>();

  constructor(size: number, keyOf: (one: T) => ItemId | undefined) {
    this.#size = size;
    this.#keyOf = keyOf;
  }

  of(all: readonly T[]): readonly (readonly T[])[] {
    const byKey = new Map(all.map((one) => [this.#keyOf(one), one]));
    this.#keys = chunksOf([...byKey.keys()], this.#size, this.#keys);
    const before = this.#gathered;
    this.#gathered = new Map(
      this.#keys.map((keys) => {
        const those = keys.map((key) => byKey.get(key)).filter((one) => one !== undefined);
        const known = before.get(keys);
        return [keys, known?.every((one, index) => one === those[index]) === true ? known : those];
      }),
    );
    return [...this.#gathered.values()];
  }
}
