import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import type { Interaction } from '../../protocol/interaction.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import { t } from '../words.ts';
import { AskCard, type AskButton } from './askCard.tsx';
import { useAskKeys } from './useAskKeys.ts';
import { useSettle } from './useSettle.ts';

/** A permission: what the agent wants to do, and every choice it offers (A4), and the rules that a
 * choice can save, word for word (W5). Settled, it says by whom. */
export function PermissionCard({
  item,
  permission,
}: {
  item: InteractionItem;
  permission: Extract<Interaction, { kind: 'permission' }>;
}): VNode {
  const settling = useSettle(item);
  const chosen = useSignal(-1);
  const { options, description, title } = permission;
  const { rulePreviews = [], settlement } = item;
  const preview = rulePreviews[chosen.value];
  const choose = (optionId: string): void =>
    settling.answer({ kind: 'option', optionId }, preview?.optionId === optionId ? preview.rule : undefined);
  useAskKeys(item.interactionId, options, choose);
  const nameOf = (id: string): string => options.find(({ optionId }) => optionId === id)?.name ?? id;
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
      {settlement === undefined && rulePreviews.length > 0 && (
        <label class="ask-text ask-rule">
          {t('Next time')}{' '}
          <select
            value={chosen.value}
            onChange={({ currentTarget: { value } }) => (chosen.value = Number(value))}
          >
            <option value={-1}>{t('Ask again')}</option>
            {rulePreviews.map(({ text }, index) => (
              <option key={index} value={index}>
                {text}
              </option>
            ))}
          </select>
          {preview && <div>{t('With “{0}” this is saved: {1}', nameOf(preview.optionId), preview.text)}</div>}
        </label>
      )}
    </AskCard>
  );
}
