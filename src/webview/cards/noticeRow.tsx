import type { VNode } from 'preact';
import type { NoticeItem } from '../../protocol/items.ts';
import { Icon } from '../icon.tsx';

/** A line for the person that belongs to the transcript. */
export function NoticeRow({ item }: { item: NoticeItem }): VNode {
  return (
    <div class={`row notice notice-${item.level}`} role="note">
      <Icon name={item.level === 'info' ? 'info' : item.level} />
      <span>{item.text}</span>
    </div>
  );
}
