import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import type { Translate } from './words.ts';

/** What tells a session apart from others of its title: where it works, and when it was begun where that is the same, too. */
export interface Apart {
  /** As much of the folder's path as differs from the others'. */
  readonly folder?: string | undefined;
  /** In milliseconds since the epoch. */
  readonly begunAt?: number | undefined;
  /** Whether another one was begun in the same minute. */
  readonly isToTheSecond?: boolean | undefined;
}

/** Ends of paths, in names of folders, that are tried before a whole path is shown. */
const MOST_NAMES = 3;

const MINUTE_MS = 60_000;

/**
 * What tells those sessions apart that have their title in common with others of these (U1); nothing of all that have one of their
 * own. Their agents are seen anyway. Pure.
 */
export function tellApart(sessions: Iterable<Summary>): ReadonlyMap<SessionId, Apart> {
  const apart = new Map<SessionId, Apart>();
  for (const alike of severalOf(sessions, ({ title }) => title)) {
    const folders = folderNames(new Set(alike.map(({ cwd }) => cwd)));
    const folderOf = ({ cwd }: Summary): Apart => ({ folder: folders.get(cwd) });
    for (const each of alike) apart.set(each.sessionId, folderOf(each));
    for (const there of severalOf(alike, ({ cwd, agent }) => `${cwd}\0${agent.name}`)) {
      for (const each of there) apart.set(each.sessionId, { ...folderOf(each), begunAt: each.createdAt });
      for (const together of severalOf(there, ({ createdAt }) => Math.floor(createdAt / MINUTE_MS)))
        for (const { sessionId } of together)
          apart.set(sessionId, { ...apart.get(sessionId), isToTheSecond: true });
    }
  }
  return apart;
}

/**
 * Tells sessions apart for one that asks whenever any of them changed: there may be very many, and most changes make no difference
 * to it (law 8). What is the same is the same object. Owned by who shows them.
 */
export class TellingApart {
  #sessions: readonly Summary[] = [];
  #apart: ReadonlyMap<SessionId, Apart> = new Map();

  /** `tellApart` of these, told anew where that may be another than last time. */
  of(sessions: readonly Summary[]): ReadonlyMap<SessionId, Apart> {
    const before = this.#sessions;
    const isSame =
      before.length === sessions.length && sessions.every((each, at) => isToldSo(each, before[at]));
    this.#sessions = sessions;
    if (!isSame) this.#apart = tellApart(sessions);
    return this.#apart;
  }
}

/** Whether what a session is told apart by is what it was. */
function isToldSo(now: Summary, before: Summary | undefined): boolean {
  if (now === before) return true;
  return (
    now.sessionId === before?.sessionId &&
    now.title === before.title &&
    now.cwd === before.cwd &&
    now.agent.name === before.agent.name
  );
}

/** Whether two are told apart from others by the same. Pure. */
export function isSameApart(one: Apart = {}, other: Apart = {}): boolean {
  return (
    one.folder === other.folder && one.begunAt === other.begunAt && one.isToTheSecond === other.isToTheSecond
  );
}

/** A description of a session, with that before it. Pure. */
export function toldApart(
  description: string,
  apart: Apart = {},
  { t, language }: { readonly t: Translate; readonly language: string },
): string {
  const { folder, begunAt } = apart;
  const begun = begunAt === undefined ? undefined : t('begun {0}', timeText(apart, begunAt, language));
  return [folder, begun, description].filter((part) => part !== undefined).join(' · ');
}

/** What was made is used again: rows may be very many, and are drawn often. */
const formats = new Map<string, Intl.DateTimeFormat>();
const timeTexts = new WeakMap<Apart, { readonly language: string; readonly text: string }>();

function timeText(apart: Apart, begunAt: number, language: string): string {
  const known = timeTexts.get(apart);
  if (known?.language === language) return known.text;
  const text = formatOf(language, apart.isToTheSecond === true ? 'medium' : 'short').format(begunAt);
  timeTexts.set(apart, { language, text });
  return text;
}

function formatOf(language: string, timeStyle: 'short' | 'medium'): Intl.DateTimeFormat {
  const key = `${language} ${timeStyle}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle });
  formats.set(key, format);
  return format;
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

/** Those that have what `keyOf` gives in common with others, together. Nothing is made of all the rest. */
function severalOf(
  sessions: Iterable<Summary>,
  keyOf: (summary: Summary) => string | number,
): readonly (readonly Summary[])[] {
  const known = new Map<string | number, Summary | Summary[]>();
  const several: Summary[][] = [];
  for (const summary of sessions) {
    const key = keyOf(summary);
    const others = known.get(key);
    if (others === undefined) known.set(key, summary);
    else if (Array.isArray(others)) others.push(summary);
    else {
      const group = [others, summary];
      known.set(key, group);
      several.push(group);
    }
  }
  return several;
}
