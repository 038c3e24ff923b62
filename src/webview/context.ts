import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { SessionId } from '../protocol/ids.ts';
import type { PageMethod, PageParams, PageResult } from '../protocol/page.ts';
import type { Host } from './host.ts';
import type { PageStore } from './store.ts';

/** What every part of the page may need: the state shown and the way to the extension. */
export interface PageContext {
  readonly store: PageStore;
  readonly host: Host;
}

/** Provided once, by `main.tsx`. */
export const Page = createContext<PageContext | undefined>(undefined);

/** The page's store and host. Throws outside of `Page`. */
export function usePage(): PageContext {
  const page = useContext(Page);
  if (page === undefined) throw new Error('usePage outside of Page');
  return page;
}

/** Requests about the session that is shown; answers are awaited by whoever needs to show a failure. */
export function useRequest(): <M extends PageMethod>(
  method: M,
  params: PageParams<M>,
) => Promise<PageResult<M>> {
  const { store, host } = usePage();
  return (method, params) => {
    const sessionId: SessionId | undefined = store.sessionId.value;
    if (sessionId === undefined) return Promise.reject(new Error('no session is shown'));
    return host.request(method, sessionId, params);
  };
}
