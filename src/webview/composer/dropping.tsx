import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';
import { drop } from './files.ts';
import type { ComposerModel } from './model.ts';

/** Kinds of what can be taken, as the browser names them. */
const TAKEN = ['application/vnd.code.uri-list', 'text/uri-list', 'Files'];

/** Takes files and images that are dropped anywhere on the page, and says so while they hang over it (U3). */
export function Dropping({ model }: { model: ComposerModel }): VNode | null {
  const over = useSignal(false);
  useEffect(() => {
    const page = new AbortController();
    const { signal } = page;
    const hang = (event: DragEvent): void => {
      const { dataTransfer } = event;
      if (dataTransfer === null || !TAKEN.some((kind) => dataTransfer.types.includes(kind))) return;
      event.preventDefault();
      dataTransfer.dropEffect = 'copy';
      over.value = true;
    };
    const leave = (): void => void (over.value = false);
    document.addEventListener('dragenter', hang, { signal });
    document.addEventListener('dragover', hang, { signal });
    document.addEventListener('dragleave', (event) => event.relatedTarget === null && leave(), { signal });
    document.addEventListener('dragend', leave, { signal });
    document.addEventListener(
      'drop',
      (event) => {
        leave();
        drop(model, event);
      },
      { signal },
    );
    return () => page.abort();
  }, []);
  if (!over.value) return null;
  return (
    <div class="drop-here">
      <Icon name="add" />
      {t('Drop to add to the prompt')}
    </div>
  );
}
