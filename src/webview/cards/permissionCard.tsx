import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { unreachable } from '../../base/unreachable.ts';
import type { Interaction, PermissionOption } from '../../protocol/interaction.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import type { RuleDraft } from '../../protocol/permission.ts';
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
  const saves = ({ optionId }: PermissionOption): boolean => preview?.optionId === optionId;
  const primary = options.findIndex(
    preview === undefined ? ({ kind }): boolean => kind.startsWith('allow') : saves,
  );
  const buttons: AskButton[] = options.map((option, index) => ({
    // What the option is called speaks of this once, and a rule does not.
    label: preview !== undefined && saves(option) ? saveWords(preview.rule) : option.name,
    ...{ kind: option.kind, onClick: () => choose(option.optionId) },
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
            {rulePreviews.map(({ rule, text }, index) => (
              <option key={index} value={index} title={text}>
                {scopeWords(rule)}
              </option>
            ))}
          </select>
          {preview && <div>{t('The rule: {0}', preview.text)}</div>}
        </label>
      )}
    </AskCard>
  );
}

/** What a rule would do, short enough for a list: whole rules differ only at their ends. */
function scopeWords({ decision, scope }: RuleDraft): string {
  const allows = decision === 'allow';
  switch (scope) {
    case 'session':
      return allows ? t('Allow in this session') : t('Reject in this session');
    case 'workspace':
      return allows ? t('Allow in this folder') : t('Reject in this folder');
    case 'always':
      return allows ? t('Always allow') : t('Always reject');
    default:
      return unreachable(scope);
  }
}

function saveWords({ decision }: RuleDraft): string {
  return decision === 'allow' ? t('Allow and Save Rule') : t('Reject and Save Rule');
}
