import type { VNode } from 'preact';
import type { Interaction } from '../../protocol/interaction.ts';
import type { InteractionItem } from '../../protocol/items.ts';
import { usePage } from '../context.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';
import { InlineCode } from './inlineCode.tsx';
import { SettlementLine } from './settlementLine.tsx';
import { useSettle } from './useSettle.ts';

/** An address the agent wants opened, shown whole, or a form that this page cannot fill in yet. */
export function ConsentCard({
  item,
  asked,
}: {
  item: InteractionItem;
  asked: Extract<Interaction, { kind: 'url' | 'form' }>;
}): VNode {
  const { host } = usePage();
  const { inert, problem, answer } = useSettle(item);
  const open = item.settlement === undefined;
  const accept = (): void => {
    if (asked.kind !== 'url') return;
    host.post({ type: 'openLink', href: asked.url });
    answer({ kind: 'accept' });
  };
  return (
    <section
      class={`row ask-card ${open ? 'ask-open' : 'ask-settled'}`}
      role="group"
      aria-label={t('The agent asks: {0}', asked.title)}
      data-interaction={item.interactionId}
    >
      <div class="ask-line">
        <Icon name={asked.kind === 'url' ? 'globe' : 'checklist'} className="ask-icon" />
        <span class="ask-title">
          <InlineCode text={asked.title} />
        </span>
      </div>
      {asked.kind === 'url' ? (
        <div class="ask-text mono">{asked.url}</div>
      ) : (
        <div class="ask-text">{t('This form cannot be filled in here yet.')}</div>
      )}
      {open && (
        <div class="ask-options">
          {asked.kind === 'url' && (
            <button type="button" class="button" disabled={inert} onClick={accept}>
              {t('Open in Browser')}
            </button>
          )}
          <button
            type="button"
            class="button secondary"
            disabled={inert}
            onClick={() => answer({ kind: 'reject' })}
          >
            {t('Decline')}
          </button>
        </div>
      )}
      {problem.value !== undefined && <div class="problem">{problem.value}</div>}
      <SettlementLine item={item} />
    </section>
  );
}
