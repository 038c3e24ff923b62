import * as vscode from 'vscode';
import { isHoldfastError } from '../protocol/errors.ts';

/** What work that takes its time is given: when to end, and how to say how far it is. */
export interface ProgressParts {
  readonly signal: AbortSignal;
  /** How much is done, from 0 to 1. */
  readonly onProgress: (share: number) => void;
  /** What is being done now. */
  readonly onStep: (text: string) => void;
}

/** Does something with a notification that shows how far it is and can end it; `undefined` when the person ended it. */
export async function withProgress<T>(
  title: string,
  work: (parts: ProgressParts) => Promise<T>,
): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    let shown = 0;
    const onProgress = (share: number): void => {
      const now = Math.floor(Math.min(1, Math.max(0, share)) * 100);
      if (now > shown) progress.report({ increment: now - shown });
      shown = Math.max(shown, now);
    };
    const onStep = (message: string): void => progress.report({ message });
    try {
      return await work({ signal: abort.signal, onProgress, onStep });
    } catch (error) {
      if (abort.signal.aborted && isHoldfastError(error, 'aborted')) return undefined;
      throw error;
    } finally {
      listener.dispose();
    }
  });
}
