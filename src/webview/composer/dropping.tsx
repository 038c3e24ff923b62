import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';
import { drop } from './files.ts';
import type { ComposerModel } from './model.ts';

/** Kinds of what can be taken, as the browser names them. */
const TAKEN = ['application/vnd.code.uri-list', 'text/uri-list', 'Files'];

/**
 * Takes files, images, links and text that are dropped anywhere on the page, and says so while they hang over it (U3). What a text
 * field takes by itself is left to it, where the person lets go of it.
 */
export function Dropping({ model }: { model: ComposerModel }): VNode | null {
  const over = useSignal(false);
  useEffect(() => {
    const page = new AbortController();
    const { signal } = page;
    const leave = (): void => void (over.value = false);
    // What a person drags out of a field is in it already. One that is gone tells of no end.
    let draggedOutOf: Element | undefined;
    const isTaken = (event: DragEvent): event is TakenDrag =>
      draggedOutOf?.isConnected !== true && canTake(event);
    const hang = (event: DragEvent): void => {
      if (!isTaken(event)) return leave();
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      over.value = true;
    };
    document.addEventListener('dragenter', hang, { signal });
    document.addEventListener('dragover', hang, { signal });
    document.addEventListener('dragleave', (event) => event.relatedTarget === null && leave(), { signal });
    document.addEventListener(
      'dragend',
      () => {
        draggedOutOf = undefined;
        leave();
      },
      { signal },
    );
    document.addEventListener('dragstart', (event) => (draggedOutOf = fieldOf(event)), { signal });
    document.addEventListener(
      'drop',
      (event) => {
        leave();
        if (isTaken(event)) drop(model, event);
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

type TakenDrag = DragEvent & { readonly dataTransfer: DataTransfer };

/** Whether the composer takes what hangs there; text over a field is for the browser. */
function canTake(event: DragEvent): boolean {
  const types = event.dataTransfer?.types ?? [];
  if (TAKEN.some((kind) => types.includes(kind))) return true;
  return types.includes('text/plain') && fieldOf(event) === undefined;
}

function fieldOf({ target }: Event): Element | undefined {
  return (target instanceof Element && target.closest('textarea, input')) || undefined;
}
