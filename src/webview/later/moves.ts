import type { MessageItem } from '../../protocol/items.ts';
import type { PageContext } from '../context.ts';
import { requestFocus } from '../focus.ts';
import { editAgain } from '../insert.ts';
import { optionsOf } from './ways.ts';

/** Puts a message of the person into the composer, with what it was sent with as far as that is known. */
export function takeUp({ store }: PageContext, { turnId, content }: MessageItem): void {
  const sessionId = store.sessionId.peek();
  const turn = store.items().find((item) => item.kind === 'turn' && item.turnId === turnId);
  const options = turn?.kind === 'turn' ? optionsOf(turn) : undefined;
  if (sessionId !== undefined) editAgain(sessionId, { content, options });
}

/**
 * Leads to the prompt before or after the place where the reader is, and puts the focus on it; loads earlier rows if need be.
 * From the last one it leads to the composer.
 */
export async function toPrompt({ store }: PageContext, way: 'previous' | 'next'): Promise<void> {
  const scroller = document.querySelector<HTMLElement>('.transcript');
  if (scroller === null) return;
  const focused = document.activeElement?.closest('.prompt') ?? undefined;
  const find = (): HTMLElement | undefined => {
    const prompts = [...scroller.querySelectorAll<HTMLElement>('.prompt')];
    if (focused !== undefined) {
      const at = prompts.indexOf(focused as HTMLElement);
      return prompts[way === 'previous' ? at - 1 : at + 1];
    }
    // Where no prompt has the focus, the reader is at the end, or else at the first line that is seen.
    if (way === 'previous' && document.querySelector('.jump') === null) return prompts.at(-1);
    const { top } = scroller.getBoundingClientRect();
    const isBefore = (prompt: HTMLElement): boolean => prompt.getBoundingClientRect().top < top - 1;
    return way === 'previous' ? prompts.findLast(isBefore) : prompts.find((prompt) => !isBefore(prompt));
  };
  let found = find();
  while (found === undefined && way === 'previous' && store.more.peek()) {
    const first = store.firstPosition;
    try {
      await store.loadEarlier();
    } catch {
      // The beginning says why there is nothing before it.
      store.announce(store.earlierProblem.peek());
      scroller.scrollTop = 0;
      return;
    }
    await new Promise((resolve) => requestAnimationFrame(resolve));
    if (store.firstPosition === first) return;
    found = find();
  }
  if (found === undefined) {
    if (way === 'previous') return;
    // Behind the last prompt is where one writes.
    scroller.scrollTop = scroller.scrollHeight;
    return requestFocus();
  }
  found.focus({ preventScroll: true });
  found.scrollIntoView({ block: 'start' });
}
