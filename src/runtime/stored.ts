import type { Journal } from './journal/journal.ts';

/**
 * Resolves when what `committed` waits for is stored, or when storage fails: it follows when storage returns then, for which nobody
 * waits (law 9). Rejects as `committed` does.
 */
export function stored(
  journal: Pick<Journal, 'state' | 'onState'>,
  committed: () => Promise<void>,
): Promise<void> {
  if (journal.state.storage === 'failed') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const watching = journal.onState(({ storage }) => storage === 'failed' && finish(resolve));
    const finish = (settle: () => void): void => {
      watching.dispose();
      settle();
    };
    committed().then(
      () => finish(resolve),
      (error: Error) => finish(() => reject(error)),
    );
  });
}
