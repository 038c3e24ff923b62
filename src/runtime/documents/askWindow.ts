import type { Clock } from '../../base/clock.ts';
import {
  windowRequestSchemas,
  type WindowRequestParams,
  type WindowRequestResult,
} from '../../protocol/methods/documentMethods.ts';
import type { DocumentPeer } from './documents.ts';

/** A window's answer, or why there is none. */
export type WindowAnswer =
  | WindowRequestResult<'document/write'>
  | { readonly outcome: 'unanswered'; readonly reason: string };

/** What is asked of whom, and how long the answer is waited for. */
export interface AskWindowOptions {
  readonly peer: DocumentPeer;
  readonly params: WindowRequestParams<'document/write'>;
  readonly clock: Clock;
  readonly answerMs: number;
}

/** Asks a window to write a document. Never rejects; a window that is late is told not to do it any more. */
export async function askWindow({ peer, params, clock, answerMs }: AskWindowOptions): Promise<WindowAnswer> {
  const late = new AbortController();
  const reason = await new Promise<WindowAnswer>((resolve) => {
    const timer = clock.after(answerMs, () => {
      resolve({ outcome: 'unanswered', reason: 'did not answer' });
      late.abort();
    });
    peer
      .request('document/write', params, late.signal)
      .then((answer) => {
        const parsed = windowRequestSchemas['document/write'].result.safeParse(answer);
        return parsed.success
          ? parsed.data
          : { outcome: 'unanswered' as const, reason: 'answered something else' };
      })
      .catch(() => ({ outcome: 'unanswered' as const, reason: 'is gone or refused' }))
      .then((answer) => {
        timer.dispose();
        resolve(answer);
      })
      .catch(() => undefined);
  });
  return reason;
}
