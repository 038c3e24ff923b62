import type { ComponentChildren, VNode } from 'preact';
import type { InteractionItem } from '../../protocol/items.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';
import { InlineCode } from './inlineCode.tsx';
import { SettlementLine } from './settlementLine.tsx';
import type { Settling } from './useSettle.ts';

/** A button of a card that asks; `digit` is the key that presses it, `kind` what it means. */
export interface AskButton {
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly kind?: string;
  readonly digit?: number;
}

/** The frame of a card that asks: what is asked, what it shows while it is open, its buttons, and how it was settled. */
export function AskCard(properties: {
  item: InteractionItem;
  settling: Settling;
  icon: string;
  buttons: readonly AskButton[];
  /** The place of the button that stands out: the first, unless told otherwise. */
  primary?: number;
  label?: string;
  children: ComponentChildren;
}): VNode {
  const { item, settling, icon, buttons, children } = properties;
  const { title } = item.interaction;
  const { primary = 0, label: name = t('The agent asks: {0}', title) } = properties;
  const open = item.settlement === undefined;
  return (
    <section
      class={`row ask-card ${open ? 'ask-open' : 'ask-settled'}`}
      role="group"
      aria-label={name}
      data-interaction={item.interactionId}
    >
      <div class="ask-line">
        <Icon name={icon} className="ask-icon" />
        <span class="ask-title">
          <InlineCode text={title} />
        </span>
      </div>
      {(open || item.interaction.kind === 'permission') && children}
      {open && (
        <div class="ask-options">
          {buttons.map(({ label, onClick, disabled = false, kind, digit }, index) => (
            <button
              key={index}
              type="button"
              class={`button ${index === primary ? '' : 'secondary'}`}
              disabled={settling.inert || disabled}
              data-kind={kind}
              aria-keyshortcuts={digit?.toString()}
              onClick={onClick}
            >
              {kind === 'overwrite' && <Icon name="warning" />}
              {label}
              {digit !== undefined && <kbd aria-hidden="true">{digit}</kbd>}
            </button>
          ))}
        </div>
      )}
      {settling.problem.value !== undefined && (
        <div class="problem" role="alert">
          {settling.problem.value}
        </div>
      )}
      <SettlementLine item={item} />
    </section>
  );
}
