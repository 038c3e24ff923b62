import { useComputed } from '@preact/signals';
import type { VNode } from 'preact';
import type { ItemId } from '../protocol/ids.ts';
import type { InteractionItem, Item, MessageItem } from '../protocol/items.ts';
import { CheckRow } from './cards/checkRow.tsx';
import { CommandCard } from './cards/commandCard.tsx';
import { AgentMessage, Prompt, Thought } from './cards/messageRow.tsx';
import { NoticeRow } from './cards/noticeRow.tsx';
import { PermissionCard } from './cards/permissionCard.tsx';
import { ToolCard } from './tools/toolCard.tsx';
import { usePage } from './context.ts';
import { Later } from './later.tsx';
import { RevealMark } from './revealMark.tsx';
import { t } from './words.ts';

/** One row of the transcript. Renders again only when its own signal changes. */
export function RowView({ itemId }: { itemId: ItemId }): VNode | null {
  const { store } = usePage();
  const item = store.row(itemId)?.value;
  const revealed = useComputed(() => store.revealed.value === itemId);
  if (item === undefined || store.nested.value.has(itemId)) return null;
  // A turn's heading is its prompt, and its end is the section's last line.
  if (item.kind === 'turn') return null;
  return (
    <>
      {revealed.value && <RevealMark />}
      <div class="item" data-item={itemId}>
        {store.newFrom.value === itemId && (
          <div class="row divider" role="separator">
            <span>{t('Went on while you were away')}</span>
          </div>
        )}
        {cardOf(item)}
      </div>
    </>
  );
}

function cardOf(item: Exclude<Item, { kind: 'turn' }>): VNode {
  switch (item.kind) {
    case 'message':
      return messageOf(item);
    case 'toolCall':
      return <ToolCard item={item} />;
    case 'commandRun':
      return <CommandCard item={item} />;
    case 'interaction':
      return interactionOf(item);
    case 'check':
      return <CheckRow item={item} />;
    case 'refusal':
      return <Later part="RefusalRow" given={{ item }} />;
    case 'notice':
      return <NoticeRow item={item} />;
    default:
      return <div class="row quiet-line">{t('Not shown by this version')}</div>;
  }
}

function messageOf(item: MessageItem): VNode {
  switch (item.role) {
    case 'user':
      return <Prompt item={item} />;
    case 'agent':
      return <AgentMessage item={item} />;
    case 'thought':
      return <Thought item={item} />;
  }
}

function interactionOf(item: InteractionItem): VNode {
  const { interaction } = item;
  switch (interaction.kind) {
    case 'permission':
      return <PermissionCard item={item} permission={interaction} />;
    case 'question':
      return (
        <Later part="QuestionCard" given={{ item, asked: interaction }} meanwhile={<Asked item={item} />} />
      );
    case 'form':
      return <Later part="FormCard" given={{ item, asked: interaction }} meanwhile={<Asked item={item} />} />;
    case 'url':
      return (
        <Later part="ConsentCard" given={{ item, asked: interaction }} meanwhile={<Asked item={item} />} />
      );
  }
}

/** What is asked, until the card is there that can be answered. */
function Asked({ item }: { item: InteractionItem }): VNode {
  return <div class="row ask-card">{item.interaction.title}</div>;
}
