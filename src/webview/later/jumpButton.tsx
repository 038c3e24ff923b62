import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { usePage } from '../context.ts';
import type { FollowBottom } from '../followBottom.ts';
import { Icon } from '../icon.tsx';
import type { PageStore } from '../store.ts';
import { t } from '../words.ts';

/** The way back to the end for who reads further up, with how much came since. */
export function JumpButton({ follow }: { follow: FollowBottom }): VNode {
  const { store } = usePage();
  const seen = useRef<number>(undefined);
  seen.current ??= lastPosition(store);
  const news = newSince(store, seen.current);
  const count = news === 1 ? t('1 new') : news > 0 ? t('{0} new', news) : undefined;
  const label = [t('Jump to latest'), count].filter(Boolean).join(' · ');
  return (
    <button
      type="button"
      class={`jump ${news > 0 ? 'jump-new' : ''}`}
      title={t('Jump to latest (Alt+End)')}
      aria-keyshortcuts="Alt+End"
      onClick={() => follow.jump()}
    >
      <Icon name="arrow-down" />
      {label}
    </button>
  );
}

function lastPosition(store: PageStore): number {
  const last = store.sections.peek().at(-1)?.rows.at(-1);
  return (last === undefined ? undefined : store.row(last)?.peek().position) ?? 0;
}

/** Rows after a place, without turns' own and those that others show inside of themselves. */
function newSince(store: PageStore, position: number): number {
  let count = 0;
  for (const { rows } of store.sections.value.toReversed()) {
    for (const itemId of rows.toReversed()) {
      const item = store.row(itemId)?.peek();
      if (item === undefined || item.position <= position) return count;
      if (item.kind !== 'turn' && !store.nested.value.has(itemId)) count++;
    }
  }
  return count;
}
