import type { VNode } from 'preact';
import { usePage } from '../context.ts';
import { t } from '../words.ts';
import type { ComposerModel } from './model.ts';

/**
 * Says that what waited next runs now, after a turn was cancelled in this page, with a way to cancel that and all that waits
 * behind it (T2, T3). It goes with the turn that it is about.
 */
export function WentOn({ model }: { model: ComposerModel }): VNode | null {
  const { store, host } = usePage();
  const { turn, queue = [] } = store.head.value ?? {};
  if (turn === undefined || turn.turnId !== model.wentOn.value) return null;
  /** First what waits: nothing of it is to begin when the turn ends. */
  const cancelAll = async (): Promise<void> => {
    for (const { turnId } of queue)
      await host.request('session/queue', model.sessionId, { action: { kind: 'remove', turnId } });
    await host.request('session/cancel', model.sessionId, { turnId: turn.turnId });
  };
  return (
    <div class="strip went-on" role="status">
      <span>{t('Cancelled. What waited next runs now.')}</span>
      <button type="button" class="link-button" onClick={() => void model.try(cancelAll)}>
        {queue.length === 0 ? t('Cancel It Too') : t('Cancel All ({0} more wait)', queue.length)}
      </button>
    </div>
  );
}
