import * as vscode from 'vscode';
import type { Result } from '../protocol/methods.ts';
import { foundLines } from '../protocol/foundLines.ts';
import { hostLook } from './hostLook.ts';
import { Picker } from './picker.ts';
import { plainText } from './plainText.ts';
import { saidError } from './saidError.ts';
import { relativeTime } from './sessionLook.ts';
import type { RemoteHost } from './remoteHost.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How long typing rests before it is searched for, and how many places are shown. */
const TYPING_MS = 120;
const SHOWN = 60;
/** How long a remote host may take, in milliseconds. */
const HOST_MS = 3_000;

/** A place in a transcript that has what was searched for. */
export type SearchHit = Result<'session/search'>['hits'][number];

/** Sessions that are searched: those of this machine, then those of the remote hosts that are connected. */
export interface Searched {
  readonly connection: Pick<WindowConnection, 'request'>;
  readonly hosts: { readonly all: readonly Pick<RemoteHost, 'name' | 'view' | 'request' | 'found'>[] };
}

interface Item extends vscode.QuickPickItem {
  readonly hit?: SearchHit;
}

/** Searches everything that was said and printed in all sessions, as one types (J6). `undefined` when it was dismissed. */
export function searchSessions(searched: Searched, given = ''): Promise<SearchHit | undefined> {
  const { t } = vscode.l10n;
  const picker = new Picker<Item, SearchHit>({
    title: t('Search in All Sessions'),
    placeholder: t('Words that were said or printed'),
  });
  const { pick } = picker;
  let latest = 0;
  const search = async (query: string): Promise<void> => {
    const own = ++latest;
    pick.busy = query !== '';
    const items = query === '' ? [] : await find(searched, query);
    if (own !== latest) return;
    pick.busy = false;
    pick.items = items;
  };
  picker.whenTypingRests(TYPING_MS, (value) => void search(value));
  picker.owned.add({ dispose: () => latest++ });
  const chosen = picker.shown(({ hit }) => hit);
  if (given !== '') {
    pick.value = given;
    void search(given);
  }
  return chosen;
}

/** The places that have the words, and after them what was not searched, and why. Never rejects. */
export async function find({ connection, hosts }: Searched, query: string): Promise<Item[]> {
  const found = await Promise.all([
    findHere(connection, query),
    ...hosts.all.map((host) => findOn(host, query)),
  ]);
  const hits = found.flatMap(({ items }) => items);
  const notes = found.flatMap(({ missing }) => (missing === undefined ? [] : [note(plainText(missing))]));
  // Where something was not searched, the words may be there.
  if (hits.length === 0 && notes.length === 0) return [note(vscode.l10n.t('Nothing was found.'))];
  return [...hits, ...notes];
}

/** What one runtime has, and what is missing in it. */
interface Found {
  readonly items: readonly Item[];
  readonly missing?: string | undefined;
}

async function findHere(connection: Searched['connection'], query: string): Promise<Found> {
  const { t } = vscode.l10n;
  try {
    const { hits, indexing } = await connection.request('session/search', { query, limit: SHOWN });
    const missing = indexing ? t('Not everything is indexed yet; search again in a moment.') : undefined;
    return { items: hits.map((hit) => itemOf(hit)), missing };
  } catch (error) {
    return { items: [], missing: saidError(error, t) };
  }
}

/** A host that fails, or is not connected, keeps nothing from the others. */
async function findOn(host: Searched['hosts']['all'][number], query: string): Promise<Found> {
  const { t } = vscode.l10n;
  const { name, view } = host;
  const missing = (why: string): Found => ({
    items: [],
    missing: t('{0} was not searched: {1}', name, why),
  });
  if (view.state !== 'connected') return missing(hostLook(view, t).label);
  try {
    const { hits } = await host.request('session/search', { query, limit: SHOWN }, { timeoutMs: HOST_MS });
    for (const { sessionId } of hits) host.found(sessionId);
    return { items: hits.map((hit) => itemOf(hit, name)) };
  } catch (error) {
    return missing(saidError(error, t));
  }
}

function note(label: string): Item {
  return { label, alwaysShow: true };
}

function itemOf(hit: SearchHit, host?: string): Item {
  const { t } = vscode.l10n;
  // A row is one line: where it shows several, a sign stands between them.
  const snippet = plainText(foundLines(hit).join(' ⏎ '));
  return {
    hit,
    label: snippet === '' ? plainText(hit.title) : snippet,
    detail: [
      plainText(hit.title),
      ...(host === undefined ? [] : [plainText(host)]),
      relativeTime(hit.at, Date.now(), t),
    ].join(' · '),
    alwaysShow: true,
  };
}
