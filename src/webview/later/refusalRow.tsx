import type { VNode } from 'preact';
import type { RefusalItem } from '../../protocol/items.ts';
import { Icon } from '../icon.tsx';
import { InlineCode } from '../cards/inlineCode.tsx';
import { t } from '../words.ts';

/** A control action that was refused: who asked for what, and why not (P8). */
export function RefusalRow({ item }: { item: RefusalItem }): VNode {
  const { action, by, reason } = item;
  const what = actionWords(action);
  return (
    <div class="row notice notice-warning refusal" role="note">
      <Icon name="circle-slash" />
      <span>
        <strong>
          {by === undefined ? t('Refused: {0}', what) : t('Refused to {0}: {1}', by.name, what)}
        </strong>{' '}
        <InlineCode text={reason} />
      </span>
    </div>
  );
}

/** What a request is, in words; one that is not known here goes by its name. */
function actionWords(action: string): string {
  switch (action) {
    case 'session/answer':
      return t('answering');
    case 'session/queue':
      return t('changing what waits');
    case 'session/configure':
      return t('changing settings');
    case 'session/end':
      return t('ending the session');
    case 'rule/revoke':
      return t('revoking a rule');
    default:
      return action;
  }
}
