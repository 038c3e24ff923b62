import { CancellationTokenSource, type MessageConnection } from 'vscode-jsonrpc/node';
import type { Clock } from '../base/clock.ts';
import { requestError, type RequestOptions } from './channel.ts';
import { abortError, limit } from './limit.ts';

/**
 * Sends one request over vscode-jsonrpc. Reaching its limit rejects at once and sends `$/cancelRequest`; whatever it is
 * rejected with is a `HoldfastError`.
 */
export async function sendRequest(
  connection: MessageConnection,
  method: string,
  params: object,
  { clock, ...options }: RequestOptions & { readonly clock: Clock },
): Promise<unknown> {
  const source = new CancellationTokenSource();
  const limited = limit(options, clock, method);
  try {
    return await new Promise((resolve, reject) => {
      const giveUp = (): void => {
        reject(abortError(limited.signal, method));
        try {
          source.cancel();
        } catch {
          // The connection is closed: there is nobody to tell.
        }
      };
      if (limited.signal.aborted) return giveUp();
      limited.signal.addEventListener('abort', giveUp, { once: true });
      connection.sendRequest(method, params, source.token).then(resolve, reject);
    });
  } catch (error) {
    throw requestError(method, error);
  } finally {
    limited.dispose();
    source.dispose();
  }
}
