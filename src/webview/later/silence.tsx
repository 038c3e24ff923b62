import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { errorText } from '../../base/errorText.ts';
import type { TurnId } from '../../protocol/ids.ts';
import { usePage } from '../context.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';

/** Under a turn of which nothing was heard for long: what it waits for, and what can be done (T8). */
export function Silence({ turnId, waitingFor }: { turnId: TurnId; waitingFor: string }): VNode {
  const { store, host } = usePage();
  const problem = useSignal<string | undefined>(undefined);
  const usable = store.connection.value.state === 'connected';
  const stop = async (): Promise<void> => {
    const sessionId = store.sessionId.peek();
    if (sessionId === undefined) return;
    try {
      await host.request('session/cancel', sessionId, { turnId });
    } catch (error) {
      problem.value = errorText(error);
    }
  };
  return (
    <div class="row ways" role="group" aria-label={t('Nothing was heard for long')}>
      <span class="tone-needs" role="status">
        {t('It waits for {0}. It may be working all the same.', waitingFor)}
      </span>
      {usable && (
        <>
          <button type="button" class="button secondary" onClick={() => void stop()}>
            <Icon name="debug-stop" />
            {t('Cancel Turn')}
          </button>
          <button type="button" class="button secondary" onClick={() => host.act('showLog')}>
            <Icon name="output" />
            {t('Show Log')}
          </button>
        </>
      )}
      {problem.value !== undefined && (
        <div class="problem" role="alert">
          {problem.value}
        </div>
      )}
    </div>
  );
}
