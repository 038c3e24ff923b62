import type { ItemId } from '../protocol/ids.ts';
import { chunksOf } from './chunks.ts';
import type { Section } from './sections.ts';

/** Sections that are built, and laid out, together. */
const GROUP_SECTIONS = 6;

/**
 * Groups the sections of a transcript. A group stays the same array while none of its sections changes, and keeps its first
 * section while others come before and after it, so that who shows it stays as well.
 */
export class SectionGroups {
  #keys: readonly (readonly ItemId[])[] = [];
  #groups = new Map<readonly ItemId[], readonly Section[]>();

  of(sections: readonly Section[]): readonly (readonly Section[])[] {
    const byKey = new Map(sections.map((section) => [section.key, section]));
    this.#keys = chunksOf([...byKey.keys()], GROUP_SECTIONS, this.#keys);
    const before = this.#groups;
    this.#groups = new Map(
      this.#keys.map((keys) => {
        const group = keys.map((key) => byKey.get(key)).filter((section) => section !== undefined);
        const known = before.get(keys);
        return [keys, known?.every((section, index) => section === group[index]) === true ? known : group];
      }),
    );
    return [...this.#groups.values()];
  }
}
