import type { Memento } from 'vscode';
import type { Summary } from '../protocol/summary.ts';

const STORED = 'holdfast.lastKnownSessions';
/** Runtimes whose lists are kept for all windows: those that a list came from last. */
const MOST_OWNERS = 3;

/** Where a list of sessions is kept for the next start of a window. */
export interface LastKnown {
  get(): readonly Summary[];
  keep(sessions: readonly Summary[]): void;
}

/** A list that is kept under a key. */
export function lastKnownIn(memory: Memento, key: string): LastKnown {
  return {
    get: () => memory.get<readonly Summary[]>(key, []),
    keep: (sessions) => void memory.update(key, sessions),
  };
}

interface Kept {
  readonly owner: string;
  readonly sessions: readonly Summary[];
}

/**
 * The list of this machine's runtime, kept for all windows, since its sessions are the same in each: a window on a folder that
 * was never open paints it too. `owner` names machine and data directory: the editor shares what it keeps with windows on other
 * machines, whose sessions are none here. Windows write the same list, so whoever writes last does no harm. What the window
 * itself kept stands in for it where there is none.
 */
export function lastKnownHere(parts: {
  readonly everywhere: Memento;
  readonly window: Memento;
  readonly owner: string;
}): LastKnown {
  const { everywhere, window, owner } = parts;
  const all = (): readonly Kept[] => {
    const kept = everywhere.get<unknown>(STORED);
    return Array.isArray(kept) ? (kept as Kept[]) : [];
  };
  const inWindow = lastKnownIn(window, STORED);
  return {
    get: () => all().find((kept) => kept.owner === owner)?.sessions ?? inWindow.get(),
    keep: (sessions) => {
      const others = all().filter((kept) => kept.owner !== owner);
      void everywhere.update(STORED, [{ owner, sessions }, ...others].slice(0, MOST_OWNERS));
    },
  };
}
