import type { VNode } from 'preact';
import { contentText } from '../../protocol/contentText.ts';
import type { MessageItem } from '../../protocol/items.ts';
import { Icon } from '../icon.tsx';
import { MarkdownView } from '../markdown/markdownView.tsx';
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
  return (
    <details class="row thought">
      <summary>
        <Icon name="chevron-right" className="twistie" />
        <span class={item.done ? '' : 'shimmer'}>{item.done ? t('Thought') : t('Thinking…')}</span>
      </summary>
      <div class="thought-body">
        <MarkdownView text={contentText(item.content)} done={item.done} />
      </div>
    </details>
  );
}

/** What a person asked: the heading of a turn. Shown as it was typed. */
export function Prompt({ item }: { item: MessageItem }): VNode {
  const who = item.by === undefined ? t('Prompt') : t('Prompt by {0}', item.by.name);
  return (
    <div class="row prompt" role="heading" aria-level={2} aria-label={`${who}: ${contentText(item.content)}`}>
      {contentText(item.content.filter(({ type }) => type === 'text'))}
      <ContentBlocks content={item.content.filter(({ type }) => type !== 'text')} done />
    </div>
  );
}
