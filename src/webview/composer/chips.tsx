import type { VNode } from 'preact';
import type { Attachment } from '../../protocol/page.ts';
import { Icon, IconButton } from '../icon.tsx';
import { t } from '../words.ts';
import type { ComposerModel } from './model.ts';
import { typeInto } from './writing.ts';

/** What goes with the text, each of which can be taken back. */
export function Chips({ model }: { model: ComposerModel }): VNode | null {
  const attached = model.attached();
  if (attached.length === 0) return null;
  const remove = (attachment: Attachment): void => {
    model.attachments.value = model.attachments.peek().filter((other) => other !== attachment);
    const { token } = attachment;
    const at = token === undefined ? -1 : model.text.peek().indexOf(token);
    if (token !== undefined && at !== -1) typeInto(model, at, at + token.length, '');
    model.field?.focus();
  };
  return (
    <div class="chips" role="list" aria-label={t('Attached')}>
      {attached.map((attachment) => {
        const { icon, name, block } = attachment;
        return (
          <span key={name} class="chip" role="listitem" title={name}>
            {block.type === 'image' && block.data !== '' && block.mimeType.startsWith('image/') ? (
              <img src={`data:${block.mimeType};base64,${block.data}`} alt={t('Attached image')} />
            ) : (
              <Icon name={icon} />
            )}
            <span class="ellipsis">{name}</span>
            <IconButton icon="close" label={t('Remove: {0}', name)} onClick={() => remove(attachment)} />
          </span>
        );
      })}
    </div>
  );
}
