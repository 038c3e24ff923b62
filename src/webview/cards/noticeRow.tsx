import { useComputed } from '@preact/signals';
import type { VNode } from 'preact';
import type { NoticeItem } from '../../protocol/items.ts';
import { usePage } from '../context.ts';
import { Icon } from '../icon.tsx';
import { Later } from '../later.tsx';

/** A line for the person that belongs to the transcript. */
export function NoticeRow({ item }: { item: NoticeItem }): VNode {
  const { head } = usePage().store;
  const lost = useComputed(() => {
    const { detached, lastTurn, turn } = head.value ?? {};
    // A turn that failed with the agent has its own ways out.
    const isNews = detached?.seq === item.position && turn === undefined && lastTurn?.outcome !== 'failed';
    return isNews ? detached : undefined;
  }).value;
  return (
    <>
      <div class={`row notice notice-${item.level}`} role="note">
        <Icon name={item.level === 'info' ? 'info' : item.level} />
        <span>{item.text}</span>
      </div>
      {lost !== undefined && <Later part="WaysBack" given={{ failure: lost.failure }} />}
    </>
  );
}
