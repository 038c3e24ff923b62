import type { PageContext } from './context.ts';
import { loadScript } from './lazyScript.ts';
import { t } from './words.ts';

/** What the script of find gives: see `find/main.ts`. */
interface Finder {
  openFind(page: PageContext, words: typeof t): void;
}

let loading: Promise<boolean> | undefined;

/** Opens find in the session by its usual key. */
export function handleFindKey(page: PageContext): void {
  const openFind = async (): Promise<void> => {
    if (await (loading ??= loadScript('find')))
      (window as { holdfastFind?: Finder }).holdfastFind?.openFind(page, t);
  };
  document.addEventListener('keydown', (event) => {
    const plain = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!plain || event.key.toLowerCase() !== 'f' || page.store.view.peek() !== 'session') return;
    event.preventDefault();
    void openFind();
  });
}
