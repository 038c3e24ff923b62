import type { VNode } from 'preact';
import type { Interaction } from '../../protocol/interaction.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';
import { InlineCode } from './inlineCode.tsx';
import { SettlementLine } from './settlementLine.tsx';
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
  const { inert, problem, answer } = useSettle(item);
  const open = item.settlement === undefined;
  useAskKeys(item.interactionId, permission.options, (optionId) => answer({ kind: 'option', optionId }));
  const primary = permission.options.find(({ kind }) => kind.startsWith('allow'))?.optionId;
  return (
    <section
      class={`row ask-card ${open ? 'ask-open' : 'ask-settled'}`}
      role="group"
      aria-label={t('Permission: {0}', permission.title)}
      data-interaction={item.interactionId}
    >
      <div class="ask-line">
        <Icon name="shield" className="ask-icon" />
        <span class="ask-title">
          <InlineCode text={permission.title} />
        </span>
      </div>
      {permission.description !== undefined && <div class="ask-text">{permission.description}</div>}
      {open && (
        <div class="ask-options">
          {permission.options.map(({ optionId, name, kind }, index) => (
            <button
              key={optionId}
              type="button"
              class={`button ${optionId === primary ? '' : 'secondary'}`}
              data-kind={kind}
              aria-keyshortcuts={index < 9 ? String(index + 1) : undefined}
              disabled={inert}
              onClick={() => answer({ kind: 'option', optionId })}
            >
              {name}
              {index < 9 && <kbd aria-hidden="true">{index + 1}</kbd>}
            </button>
          ))}
          {permission.options.length === 0 && (
            <button
              type="button"
              class="button secondary"
              disabled={inert}
              onClick={() => answer({ kind: 'reject' })}
            >
              {t('Reject')}
            </button>
          )}
        </div>
      )}
      {problem.value !== undefined && <div class="problem">{problem.value}</div>}
      <SettlementLine item={item} />
    </section>
  );
}
