import type { VNode } from 'preact';
import { contentText } from '../protocol/contentText.ts';
import { usePage, useRequest } from './context.ts';
import { Icon, IconButton } from './icon.tsx';
import { t } from './words.ts';

/** The prompts that wait for the running turn, each of which can be taken back. */
export function QueueStrip(): VNode | null {
  const { store } = usePage();
  const request = useRequest();
  const queue = store.head.value?.queue ?? [];
  if (queue.length === 0) return null;
  return (
    <div class="strip queue" role="list" aria-label={t('Queued prompts')}>
      {queue.map((waiting) => {
        const text = contentText(waiting.content);
        return (
          <div key={waiting.turnId} class="queued" role="listitem">
            <Icon name={waiting.kind === 'command' ? 'terminal' : 'clock'} />
            <span class="ellipsis" title={text}>
              {text}
            </span>
            <IconButton
              icon="close"
              label={t('Remove from queue: {0}', text)}
              onClick={() => void request('session/cancel', { turnId: waiting.turnId }).catch(() => {})}
            />
          </div>
        );
      })}
    </div>
  );
}
