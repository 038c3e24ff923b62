import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';

/** What is sent where. */
export interface Upload {
  readonly url: string;
  readonly method: 'PUT' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly timeoutMs: number;
  /** Aborting it stops the upload. */
  readonly signal: AbortSignal;
}

/**
 * Sends bytes to an address that a client gave (C4); the status of the answer. Throws `uploadFailed`, `timedOut` or `aborted`;
 * the words name no more of the address than `shownAddress`.
 */
export async function upload({ url, method, headers, bytes, timeoutMs, signal }: Upload): Promise<number> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const to = shownAddress(url);
  try {
    const { address, authorization } = requestTo(url);
    const sent = new Headers(authorization);
    for (const [name, value] of Object.entries(headers)) sent.set(name, value);
    const answer = await fetch(address, {
      ...{ method, headers: sent, redirect: 'manual' },
      body: Buffer.from(bytes),
      signal: AbortSignal.any([signal, timeout]),
    });
    await answer.body?.cancel();
    if (answer.ok) return answer.status;
    throw new HoldfastError(
      'uploadFailed',
      `${to} answered the upload with ${answer.status} ${answer.statusText}`,
      {
        status: answer.status,
      },
    );
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    if (signal.aborted) throw new HoldfastError('aborted', `the upload to ${to} was cancelled`);
    if (timeout.aborted)
      throw new HoldfastError('timedOut', `${to} did not take the upload within ${timeoutMs / 1000} s`);
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new HoldfastError('uploadFailed', `the upload to ${to} failed: ${errorText(cause)}`);
  }
}

/** An address without what may be secret in it: no name, no password, no query. */
export function shownAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** How an address is asked: `fetch` takes none that has a name and a password in it, and would name both in its refusal. */
export function requestTo(url: string): {
  readonly address: URL;
  readonly authorization: Readonly<Record<string, string>>;
} {
  const address = new URL(url);
  const { username, password } = address;
  address.username = '';
  address.password = '';
  if (username === '' && password === '') return { address, authorization: {} };
  const credentials = [username, password].map(unescaped).join(':');
  return {
    address,
    authorization: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
