import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import type { Translate } from './words.ts';

/** What tells a session apart from others of its title: where it works, and when it was begun where that is the same, too. */
export interface Apart {
  /** As much of the folder's path as differs from the others'. */
  readonly folder?: string | undefined;
  /** In milliseconds since the epoch. */
  readonly begunAt?: number | undefined;
}

/** Ends of paths, in names of folders, that are tried before a whole path is shown. */
const MOST_NAMES = 3;

/**
 * What tells those sessions apart that have their title in common with others of these (U1); nothing of all that have one of their
 * own. Their agents are seen anyway. Pure.
 */
export function tellApart(sessions: Iterable<Summary>): ReadonlyMap<SessionId, Apart> {
  const apart = new Map<SessionId, Apart>();
  for (const alike of grouped(sessions, ({ title }) => title)) {
    if (alike.length < 2) continue;
    const folders = folderNames(new Set(alike.map(({ cwd }) => cwd)));
    for (const there of grouped(alike, ({ cwd, agent }) => JSON.stringify([cwd, agent.name]))) {
      for (const { sessionId, cwd, createdAt } of there)
        apart.set(sessionId, {
          folder: folders.get(cwd),
          begunAt: there.length > 1 ? createdAt : undefined,
        });
    }
  }
  return apart;
}

/** A description of a session, with that before it. Pure. */
export function toldApart(
  description: string,
  { folder, begunAt }: Apart = {},
  { t, language }: { readonly t: Translate; readonly language: string },
): string {
  const begun = begunAt === undefined ? undefined : t('begun {0}', formatOf(language).format(begunAt));
  return [folder, begun, description].filter((part) => part !== undefined).join(' · ');
}

/** One that was made is used again: rows may be very many. */
let format: { readonly language: string; readonly own: Intl.DateTimeFormat } | undefined;

function formatOf(language: string): Intl.DateTimeFormat {
  if (format?.language !== language) {
    const style = { dateStyle: 'short', timeStyle: 'short' } as const;
    format = { language, own: new Intl.DateTimeFormat(language, style) };
  }
  return format.own;
}

/** The shortest ends of paths that differ; none where there is one folder alone. */
function folderNames(folders: ReadonlySet<string>): ReadonlyMap<string, string> {
  if (folders.size < 2) return new Map();
  for (let names = 1; names <= MOST_NAMES; names++) {
    const short = new Map(Array.from(folders, (folder) => [folder, endOf(folder, names)]));
    if (new Set(short.values()).size === folders.size) return short;
  }
  return new Map(Array.from(folders, (folder) => [folder, folder]));
}

/** A folder may be one of a machine with other separators. */
function endOf(folder: string, names: number): string {
  const parts = folder.split(/[\\/]+/u).filter((part) => part !== '');
  return parts.length === 0 ? folder : parts.slice(-names).join('/');
}

function grouped(
  sessions: Iterable<Summary>,
  keyOf: (summary: Summary) => string,
): Iterable<readonly Summary[]> {
  const groups = new Map<string, Summary[]>();
  for (const summary of sessions) {
    const key = keyOf(summary);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [summary]);
    else group.push(summary);
  }
  return groups.values();
}
