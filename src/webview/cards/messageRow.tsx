import { useComputed } from '@preact/signals';
import type { VNode } from 'preact';
import { contentText } from '../../protocol/contentText.ts';
import type { MessageItem } from '../../protocol/items.ts';
import { usePage } from '../context.ts';
import { Icon, IconButton } from '../icon.tsx';
import { later } from '../later.tsx';
import { MarkdownView } from '../markdown/markdownView.tsx';
import { turnRowId } from '../sections.ts';
import { ContentBlocks } from '../tools/blockView.tsx';
import { t } from '../words.ts';

/** What the agent said. */
export function AgentMessage({ item }: { item: MessageItem }): VNode {
  return (
    <div class="row agent-message">
      <ContentBlocks content={item.content} done={item.done} />
    </div>
  );
}

/** What the agent thought, folded away. */
export function Thought({ item }: { item: MessageItem }): VNode {
  const { store } = usePage();
  // Not every agent says where a thought ends: it has, once its turn is over or something stands below it.
  const thinking = useComputed(
    () =>
      store.head.value?.turn?.turnId === item.turnId &&
      store.sections.value.at(-1)?.rows.at(-1) === item.itemId,
  );
  const live = !item.done && thinking.value;
  return (
    <details class="row thought">
      <summary>
        <Icon name="lightbulb" className="card-kind" />
        <span class={live ? 'shimmer' : ''}>{live ? t('Thinking…') : t('Thought')}</span>
        <Icon name="chevron-right" className="twistie" />
      </summary>
      <div class="thought-body">
        <MarkdownView text={contentText(item.content)} done={item.done} />
      </div>
    </details>
  );
}

/** What a person asked: the heading of a turn. Shown as it was typed; it can be taken up again, to be changed and sent once more. */
export function Prompt({ item }: { item: MessageItem }): VNode {
  const page = usePage();
  const { store } = page;
  const text = contentText(item.content.filter(({ type }) => type === 'text'));
  const who = item.by === undefined ? t('Prompt') : t('Prompt by {0}', item.by.name);
  const turn = item.turnId === undefined ? undefined : store.row(turnRowId(item.turnId))?.peek();
  // What a check found is not the person's.
  const isOwn = turn?.kind !== 'turn' || turn.origin !== 'check';
  const takesUp = isOwn && store.connection.value.state === 'connected';
  const takeUp = (): void => void later().then((parts) => parts?.takeUp(page, item));
  return (
    <>
      <div
        class="row prompt"
        role="heading"
        aria-level={2}
        aria-label={`${who}: ${text}`}
        tabIndex={-1}
        onKeyDown={(event) => {
          const { key, altKey, ctrlKey, metaKey } = event;
          if (key !== 'e' || !takesUp || altKey || ctrlKey || metaKey) return;
          // The key itself is no text for the composer, which gets the focus.
          event.preventDefault();
          takeUp();
        }}
      >
        {text}
        <ContentBlocks content={item.content.filter(({ type }) => type !== 'text')} done />
      </div>
      {takesUp && (
        <IconButton icon="edit" label={t('Edit and send again')} className="take-up" onClick={takeUp} />
      )}
    </>
  );
}
