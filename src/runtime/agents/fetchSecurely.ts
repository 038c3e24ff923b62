/** Servers that one request may be led on to. */
const MOST_REDIRECTS = 10;

/** Whether what comes from an address cannot be changed on its way; a server on this machine may do without. */
export function isSecure({ protocol, hostname }: URL): boolean {
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLocal);
}

/** `fetch`, that is led on to secure addresses only (S1). Rejects with words that name the address that is none. */
export async function fetchSecurely(url: URL, signal: AbortSignal): Promise<Response> {
  let address = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await fetch(address, { signal, redirect: 'manual' });
    const location = response.status >= 300 && response.status < 400 && response.headers.get('location');
    if (typeof location !== 'string') return response;
    await response.body?.cancel();
    const next = new URL(location, address);
    if (!isSecure(next))
      throw new Error(`${address.host} leads on to “${next.href}”, which is no secure address`);
    address = next;
  }
  throw new Error(`${url.host} leads on more than ${MOST_REDIRECTS} times`);
}
