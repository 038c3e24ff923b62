import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';
import type { Completion } from './completion.ts';

/** The list of suggestions. The focus stays in the field, which names the line that Enter takes. */
export function Suggestions({ completion }: { completion: Completion }): VNode | null {
  const list = useRef<HTMLDivElement>(null);
  const kind = completion.kind.value;
  const shown = completion.shown.value;
  const active = completion.active.value;
  useEffect(() => list.current?.children[active]?.scrollIntoView({ block: 'nearest' }), [active, shown]);
  if (kind === undefined) return null;
  return (
    <div class="popup" onMouseDown={(event) => event.preventDefault()}>
      <div
        ref={list}
        id={completion.listId}
        role="listbox"
        aria-label={kind === 'command' ? t('Commands of the agent') : t('Mentions')}
      >
        {shown.map(({ name, detail, icon }, index) => (
          <div
            key={index}
            id={`${completion.listId}-${index}`}
            class="popup-row"
            role="option"
            aria-selected={index === active}
            onClick={() => completion.take(index)}
          >
            <Icon name={icon} />
            <span class="popup-name">{name}</span>
            {detail !== undefined && <span class="popup-detail ellipsis">{detail}</span>}
          </div>
        ))}
      </div>
      {shown.length === 0 && (
        <div class="popup-empty" role="status">
          {completion.searching.value ? t('Searching…') : t('Nothing found')}
        </div>
      )}
    </div>
  );
}
