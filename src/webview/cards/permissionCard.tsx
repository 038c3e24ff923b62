import type { VNode } from 'preact';
import type { Interaction } from '../../protocol/interaction.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import { t } from '../words.ts';
import { AskCard, type AskButton } from './askCard.tsx';
import { useAskKeys } from './useAskKeys.ts';
import { useSettle } from './useSettle.ts';

/** A permission: what the agent wants to do, and every choice it offers (A4). Settled, it says by whom. */
export function PermissionCard({
  item,
  permission,
}: {
  item: InteractionItem;
  permission: Extract<Interaction, { kind: 'permission' }>;
}): VNode {
  const settling = useSettle(item);
  const { options, description, title } = permission;
  const choose = (optionId: string): void => settling.answer({ kind: 'option', optionId });
  useAskKeys(item.interactionId, options, choose);
  const primary = options.findIndex(({ kind }) => kind.startsWith('allow'));
  const buttons: AskButton[] = options.map(({ optionId, name, kind }, index) => ({
    ...{ label: name, kind, onClick: () => choose(optionId) },
    ...(index < 9 ? { digit: index + 1 } : {}),
  }));
  if (buttons.length === 0)
    buttons.push({ label: t('Reject'), onClick: () => settling.answer({ kind: 'reject' }) });
  return (
    <AskCard {...{ item, settling, buttons, primary }} icon="shield" label={t('Permission: {0}', title)}>
      {description !== undefined && <div class="ask-text">{description}</div>}
    </AskCard>
  );
}
