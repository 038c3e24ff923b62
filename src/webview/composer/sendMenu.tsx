import type { VNode } from 'preact';
import { usePage } from '../context.ts';
import { t } from '../words.ts';
import type { ComposerModel } from './model.ts';
import { MenuButton } from './menu.tsx';

/** How else to send while a turn runs. */
export function SendMenu({ model }: { model: ComposerModel }): VNode | null {
  const { store } = usePage();
  if (store.head.value?.turn === undefined || model.answering !== undefined) return null;
  return (
    <MenuButton
      icon="chevron-up"
      label={t('How to send')}
      className="send-menu"
      disabled={model.empty || store.connection.value.state !== 'connected'}
      entries={() => [
        { name: t('Add to queue'), description: t('Enter'), icon: 'add', pick: () => void model.send() },
        {
          name: t('Stop and send'),
          description: t('Ctrl+Enter'),
          icon: 'debug-step-over',
          pick: () => void model.send('interrupt'),
        },
        ...(store.head.peek()?.takes?.steering === true
          ? [
              {
                name: t('Steer'),
                description: t('What runs takes it in'),
                icon: 'debug-step-into' as const,
                pick: () => void model.send('steer'),
              },
            ]
          : []),
      ]}
    />
  );
}
