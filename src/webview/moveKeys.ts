import type { PageContext } from './context.ts';
import { later } from './later.tsx';

/** Keys that lead through the transcript from anywhere on the page: Alt+Up and Alt+Down from prompt to prompt, Alt+End to its end. */
export function handleMoveKeys(page: PageContext): void {
  document.addEventListener('keydown', (event) => {
    const { key, altKey, ctrlKey, metaKey, shiftKey, target } = event;
    if (!altKey || ctrlKey || metaKey || shiftKey || page.store.view.peek() !== 'session') return;
    if (key === 'End') document.querySelector<HTMLElement>('.jump')?.click();
    else if (key !== 'ArrowUp' && key !== 'ArrowDown') return;
    // Between lines of their own, these keys belong to who writes, and a list is opened by them.
    else if (target instanceof HTMLTextAreaElement && target.value.includes('\n')) return;
    else if (target instanceof HTMLSelectElement) return;
    else void later().then((parts) => parts?.toPrompt(page, key === 'ArrowUp' ? 'previous' : 'next'));
    event.preventDefault();
  });
}
