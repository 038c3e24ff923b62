import type { Envelope } from '../protocol/events.ts';
import { folderPrefix } from '../protocol/folderPrefix.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';

/** What is known of an editor's window: where it works, and when a person last turned to it. */
interface Window {
  folders: readonly string[];
  focused: boolean;
  /** Counts up with every focus and every new window: the highest was used last. */
  used: number;
}

/**
 * Names the one window that tells a person of a cause (U4): the one with the focus, else the one whose folders contain the
 * session's directory, else the one used last. Generic in what stands for a window, so that it knows no connections.
 * Owned by the runtime.
 */
export class Notifier<W extends object> {
  readonly #windows = new Map<W, Window>();
  readonly #caused = new Set<SessionId>();
  #uses = 0;

  /** A window connected; `folders` are absolute paths. */
  opened(window: W, folders: readonly string[]): void {
    this.#windows.set(window, { folders, focused: false, used: ++this.#uses });
  }

  /** A window gained or lost the focus. */
  focused(window: W, focused: boolean): void {
    const known = this.#windows.get(window);
    if (known === undefined) return;
    if (focused || known.focused) known.used = ++this.#uses;
    known.focused = focused;
  }

  /** A window has other folders: absolute paths. */
  moved(window: W, folders: readonly string[]): void {
    const known = this.#windows.get(window);
    if (known !== undefined) known.folders = folders;
  }

  closed(window: W): void {
    this.#windows.delete(window);
  }

  /** Remembers the sessions in which something happened that a person should hear of, until `share` is asked about them. */
  committed(batch: readonly Envelope[]): void {
    for (const envelope of batch) if (isCause(envelope)) this.#caused.add(envelope.sessionId);
  }

  /** Of sessions that are told now, those that are news, by the window that says so. Each cause is given out once. */
  share(summaries: readonly Summary[]): ReadonlyMap<W, ReadonlySet<SessionId>> {
    const shares = new Map<W, Set<SessionId>>();
    for (const { sessionId, attention, cwd, archived } of summaries) {
      if (!this.#caused.delete(sessionId) || archived) continue;
      // What is at work again has nothing to tell yet.
      if (attention === 'working' || attention === 'none') continue;
      const window = this.#choose(cwd);
      if (window === undefined) continue;
      const share = shares.get(window) ?? new Set();
      shares.set(window, share.add(sessionId));
    }
    return shares;
  }

  #choose(cwd: string): W | undefined {
    const ranked = [...this.#windows].map(([window, { folders, focused, used }]) => ({
      window,
      rank: [focused ? 1 : 0, Math.max(0, ...folders.map((folder) => depthIn(folder, cwd))), used],
    }));
    ranked.sort((a, b) => firstDifference(b.rank, a.rank));
    return ranked[0]?.window;
  }
}

function isCause({ event }: Envelope): boolean {
  switch (event.type) {
    case 'interaction.opened':
      return true;
    case 'turn.ended':
      return event.outcome !== 'cancelled' && event.joined === undefined;
    case 'session.detached':
      return event.failure !== undefined;
    default:
      return false;
  }
}

/** How exactly a folder contains a directory: the length of its path, 0 when it does not. Both absolute, of any platform. */
function depthIn(folder: string, cwd: string): number {
  const prefix = folderPrefix(folder);
  return folderPrefix(cwd).startsWith(prefix) ? prefix.length : 0;
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, place) => value !== b[place]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
