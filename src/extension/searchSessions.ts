import * as vscode from 'vscode';
import type { Result } from '../protocol/methods.ts';
import { foundLines } from '../protocol/foundLines.ts';
import { Picker } from './picker.ts';
import { plainText } from './plainText.ts';
import { saidError } from './saidError.ts';
import { relativeTime } from './sessionLook.ts';
import type { RemoteHost } from './remoteHost.ts';
import type { RemoteHosts } from './remoteHosts.ts';
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
  readonly connection: WindowConnection;
  readonly hosts: RemoteHosts;
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

async function find({ connection, hosts }: Searched, query: string): Promise<Item[]> {
  const { t } = vscode.l10n;
  const far = hosts.all.filter(({ view }) => view.state === 'connected').map((host) => findOn(host, query));
  try {
    const { hits, indexing } = await connection.request('session/search', { query, limit: SHOWN });
    const items = [...hits.map((hit) => itemOf(hit)), ...(await Promise.all(far)).flat()];
    if (indexing) items.push(note(t('Not everything is indexed yet; search again in a moment.')));
    else if (items.length === 0) items.push(note(t('Nothing was found.')));
    return items;
  } catch (error) {
    return [note(plainText(saidError(error, vscode.l10n.t)))];
  }
}

/** A host that fails keeps nothing from the others. */
async function findOn(host: RemoteHost, query: string): Promise<Item[]> {
  try {
    const { hits } = await host.request('session/search', { query, limit: SHOWN }, { timeoutMs: HOST_MS });
    for (const { sessionId } of hits) host.found(sessionId);
    return hits.map((hit) => itemOf(hit, host.name));
  } catch {
    return [];
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
