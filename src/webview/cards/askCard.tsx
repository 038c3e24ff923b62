import type { ComponentChildren, VNode } from 'preact';
import type { InteractionItem } from '../../protocol/items.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';
import { InlineCode } from './inlineCode.tsx';
import { SettlementLine } from './settlementLine.tsx';
import type { Settling } from './useSettle.ts';

/** A button of a card that asks; the first is the one that stands out. */
export interface AskButton {
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}

/** The frame of a card that asks: what is asked, what it shows while it is open, its buttons, and how it was settled. */
export function AskCard(properties: {
  item: InteractionItem;
  settling: Settling;
  icon: string;
  buttons: readonly AskButton[];
  children: ComponentChildren;
}): VNode {
  const { item, settling, icon, buttons, children } = properties;
  const { title } = item.interaction;
  const open = item.settlement === undefined;
  return (
    <section
      class={`row ask-card ${open ? 'ask-open' : 'ask-settled'}`}
      role="group"
      aria-label={t('The agent asks: {0}', title)}
      data-interaction={item.interactionId}
    >
      <div class="ask-line">
        <Icon name={icon} className="ask-icon" />
        <span class="ask-title">
          <InlineCode text={title} />
        </span>
      </div>
      {open && children}
      {open && (
        <div class="ask-options">
          {buttons.map(({ label, onClick, disabled = false }, index) => (
            <button
              key={label}
              type="button"
              class={`button ${index === 0 ? '' : 'secondary'}`}
              disabled={settling.inert || disabled}
              onClick={onClick}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      {settling.problem.value !== undefined && <div class="problem">{settling.problem.value}</div>}
      <SettlementLine item={item} />
    </section>
  );
}
