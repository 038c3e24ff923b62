import { toDisposable, type Disposable } from './disposable.ts';

/** Subscribes a listener; disposing the result unsubscribes it. The shape VS Code and vscode-jsonrpc use. */
export type Listen<T> = (listener: (value: T) => void) => Disposable;

/**
 * Broadcasts values to listeners in the order of subscription.
 * A listener that throws never keeps the value from the others: its error goes to `onError`.
 */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void = reportAsync) {
    this.#onError = onError;
  }

  readonly listen: Listen<T> = (listener) => {
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return toDisposable(() => this.#listeners.delete(own));
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

/** Without an owner to tell, a listener's error still surfaces, outside of the broadcast. */
function reportAsync(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
