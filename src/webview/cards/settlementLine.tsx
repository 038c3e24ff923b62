import type { VNode } from 'preact';
import type { InteractionItem } from '../../protocol/items.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';

/** How an interaction was settled, and by whom. */
export function SettlementLine({ item }: { item: InteractionItem }): VNode | null {
  const { settlement } = item;
  if (settlement === undefined) return null;
  const good = settlement.outcome === 'answered' && isConsent(item);
  return (
    <div class={`settlement ${good ? 'tone-good' : 'tone-quiet'}`}>
      <Icon name={good ? 'check' : 'circle-slash'} />
      <span>{words(item)}</span>
    </div>
  );
}

function words(item: InteractionItem): string {
  const { settlement, settledBy } = item;
  if (settlement?.outcome !== 'answered') return settlement?.reason ?? '';
  const what = answerWords(item);
  // Who answered in the editor knows; the terminal and programs are named.
  const isHere = settledBy?.name === document.body.dataset['editor'];
  return settledBy === undefined || isHere ? what : t('{0} — by {1}', what, settledBy.name);
}

function answerWords({ interaction, settlement }: InteractionItem): string {
  if (settlement?.outcome !== 'answered') return '';
  const { answer } = settlement;
  switch (answer.kind) {
    case 'option':
      return optionName(interaction, answer.optionId);
    case 'values':
      return (
        Object.values(answer.values)
          .map((value) => valueWords(interaction, value))
          .filter(Boolean)
          .join('; ') || t('Answered')
      );
    case 'accept':
      return isSignIn(interaction) ? t('Signed in') : t('Accepted');
    case 'reject':
      return t('Rejected');
    case 'dismiss':
      return t('Dismissed');
  }
}

function isSignIn(interaction: InteractionItem['interaction']): boolean {
  return interaction.kind === 'question' && interaction.signIn !== undefined;
}

function optionName(interaction: InteractionItem['interaction'], optionId: string): string {
  if (interaction.kind !== 'permission') return optionId;
  return interaction.options.find((option) => option.optionId === optionId)?.name ?? optionId;
}

function valueWords(interaction: InteractionItem['interaction'], value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => valueWords(interaction, each)).join(', ');
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  if (interaction.kind !== 'question') return text;
  const options = interaction.questions.flatMap((question) => question.options);
  return options.find((option) => option.optionId === text)?.label ?? text;
}

function isConsent({ interaction, settlement }: InteractionItem): boolean {
  if (settlement?.outcome !== 'answered') return false;
  const { answer } = settlement;
  if (answer.kind === 'values' || answer.kind === 'accept') return true;
  if (answer.kind !== 'option' || interaction.kind !== 'permission') return false;
  return (
    interaction.options.find((option) => option.optionId === answer.optionId)?.kind.startsWith('allow') ??
    false
  );
}
