import { effect } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
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
  useEffect(
    () =>
      effect(() => {
        const { after, next } = model.wentOn.value ?? {};
        const runs = store.head.value?.turn?.turnId;
        // Something else came next.
        if (runs !== undefined && runs !== after && runs !== next) model.wentOn.value = undefined;
      }),
    [],
  );
  if (turn === undefined || turn.turnId !== model.wentOn.value?.next) return null;
  /**
   * First what waits: nothing of it is to begin when the turn ends. All is asked for at once, and holds for what began or was
   * taken out meanwhile too.
   */
  const cancelAll = (): Promise<unknown> =>
    Promise.all(
      [...queue, turn].map(({ turnId }) => host.request('session/cancel', model.sessionId, { turnId })),
    );
  return (
    <div class="strip went-on" role="status">
      <span>{t('Cancelled. What waited next runs now.')}</span>
      <button
        type="button"
        class="link-button"
        onClick={() => {
          void model.try(cancelAll);
          // The button goes with the turn.
          model.field?.focus();
        }}
      >
        {queue.length === 0 ? t('Cancel It Too') : t('Cancel All ({0} more wait)', queue.length)}
      </button>
    </div>
  );
}
