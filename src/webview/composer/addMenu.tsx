import type { VNode } from 'preact';
import { usePage } from '../context.ts';
import { t } from '../words.ts';
import { pickFiles, takesImages } from './files.ts';
import { MenuButton } from './menu.tsx';
import type { ComposerModel } from './model.ts';
import { nameOf } from './promptOptions.tsx';
import { typeInto } from './writing.ts';

/** What can go with a prompt besides its text. */
export function AddMenu({ model, suggest }: { model: ComposerModel; suggest: () => void }): VNode | null {
  const { store } = usePage();
  const head = store.head.value;
  if (head === undefined || head.agent.kind === 'shell' || model.answering !== undefined) return null;
  const type = (text: string, at: number): void => {
    typeInto(model, at, at, text);
    suggest();
  };
  return (
    <MenuButton
      icon="plus"
      word={t('Add')}
      label={t('Add to the prompt')}
      disabled={store.connection.value.state !== 'connected'}
      entries={() => [
        {
          name: takesImages(model) ? t('Files or images…') : t('Files…'),
          description: t('Or drop them from the Explorer with Shift held'),
          icon: 'file-media',
          pick: () => void pickFiles(model),
        },
        {
          name: t('Mention…'),
          description: t('Files, folders, symbols, the selection, problems, terminals or sessions'),
          icon: 'mention',
          pick: () => {
            const at = model.field?.selectionEnd ?? 0;
            type(at === 0 || /\s$/u.test(model.text.peek().slice(0, at)) ? '@' : ' @', at);
          },
        },
        ...(head.commands.length > 0 && model.text.value === ''
          ? [{ name: t('Command of the agent…'), icon: 'terminal', pick: () => type('/', 0) }]
          : []),
        ...(['before', 'after', 'until'] as const).map((option) => ({
          name: `${nameOf(option)}…`,
          icon: option === 'until' ? 'beaker' : 'terminal',
          pick: () => void (model.asking.value = option),
        })),
      ]}
    />
  );
}
