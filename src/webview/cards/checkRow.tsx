import type { VNode } from 'preact';
import type { CheckItem } from '../../protocol/items.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';

/** A look at what has to be green after a turn, with its attempt and how it ended (G1). */
export function CheckRow({ item }: { item: CheckItem }): VNode {
  const { attempt, max, command, outcome, summary } = item;
  const level = outcome === 'green' || outcome === undefined || outcome === 'cancelled' ? 'info' : 'warning';
  return (
    <div class={`row notice notice-${level}`} role="note">
      <Icon name={outcome === 'green' ? 'check' : level} />
      <span>
        {t('Check {0} of {1}: {2}', attempt, max, command)} · {words(outcome)}
        {summary === undefined ? '' : ` · ${summary}`}
      </span>
    </div>
  );
}

function words(outcome: CheckItem['outcome']): string {
  switch (outcome) {
    case undefined:
      return t('running');
    case 'green':
      return t('green');
    case 'red':
      return t('red, the conversation goes on');
    case 'capped':
      return t('red, and it was the last attempt');
    case 'noProgress':
      return t('red as before although nothing changed; stopped');
    case 'broken':
      return t('could not be run');
    case 'cancelled':
      return t('cancelled');
  }
}
