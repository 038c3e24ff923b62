import { useEffect } from 'preact/hooks';
import type { InteractionId } from '../../protocol/ids.ts';
import type { PermissionOption } from '../../protocol/interaction.ts';
import { usePage } from '../context.ts';

/**
 * Keys for the permission that has been open longest: a digit for each choice, y for the first that allows, n for the first
 * that rejects. Never while a person types, nor with a key that is held down (U3).
 */
export function useAskKeys(
  interactionId: InteractionId,
  options: readonly PermissionOption[],
  choose: (optionId: string) => void,
): void {
  const { store } = usePage();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (store.head.peek()?.interactions[0]?.interactionId !== interactionId || !isBare(event)) return;
      const option = chosen(event.key, options);
      if (option === undefined) return;
      event.preventDefault();
      choose(option.optionId);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}

function chosen(key: string, options: readonly PermissionOption[]): PermissionOption | undefined {
  if (/^[1-9]$/.test(key)) return options[Number(key) - 1];
  if (key === 'y') return options.find(({ kind }) => kind === 'allow_once');
  return key === 'n' ? options.find(({ kind }) => kind.startsWith('reject')) : undefined;
}

function isBare(event: KeyboardEvent): boolean {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  return !(
    event.target instanceof Element &&
    event.target.closest('input, textarea, select, [contenteditable]') !== null
  );
}
