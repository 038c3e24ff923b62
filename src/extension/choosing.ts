import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { pickSession } from './pickSession.ts';
import type { Places } from './places.ts';
import type { SessionList } from './sessionList.ts';
import type { SessionTree } from './sessionTree.ts';

/**
 * A session as menus, trees, pickers, keys and other extensions name it: its id, something that has one, or what is selected
 * in the tree.
 */
export type Named = string | { readonly sessionId: SessionId } | { readonly selection: true } | undefined;

/** What a session must be for a command to mean it, and what the picker is called when none is. */
export interface Choice {
  readonly title: string;
  readonly only?: ((summary: Summary) => boolean) | undefined;
}

/** How long after a key the editor may still tell of the row that it selected, in milliseconds. */
const KEY_MS = 10_000;

/** Finds out which session, or which sessions, a command means. */
export class Choosing {
  readonly #list: SessionList;
  readonly #places: Places;
  readonly #tree: SessionTree;
  /** When a key last meant the rows, in milliseconds of the process. */
  #keyAt = -Infinity;

  constructor(parts: { list: SessionList; places: Places; tree: SessionTree }) {
    this.#list = parts.list;
    this.#places = parts.places;
    this.#tree = parts.tree;
  }

  /** The named session, the current one, or the one that is picked; `undefined` when the person changed their mind. */
  async one(named: Named, { title, only }: Choice): Promise<SessionId | undefined> {
    const id = idOf(named) ?? (await this.#selected(named))[0];
    // A key in the tree means a row of it, and nothing where that is none.
    if (id !== undefined || meansSelection(named)) return id;
    const { current } = this.#places;
    // What was deleted is shown for as long as that can be undone, and meant by nothing else.
    const isThere = current !== undefined && !this.#list.isHidden(current);
    const summary = isThere ? this.#list.get(current) : undefined;
    if (summary !== undefined && (only === undefined || only(summary))) return summary.sessionId;
    const picked = await pickSession(this.#list, { title, ...(only === undefined ? {} : { only }) });
    return picked === undefined || picked === 'new' ? undefined : picked.sessionId;
  }

  /** All sessions meant: the rows that are selected with the one the menu was opened on, else the one. Only those that fit. */
  async several(named: Named, selected: unknown, choice: Choice): Promise<SessionId[]> {
    const ids = Array.isArray(selected)
      ? selected.map((each) => idOf(each as Named))
      : await this.#selected(named);
    const several = [...new Set(ids)].filter((id) => id !== undefined);
    if (several.length > 1) return several.filter((id) => this.#fits(id, choice));
    const id = await this.one(named, choice);
    return id === undefined ? [] : [id];
  }

  /**
   * Whether a row that is shown was selected because a key meant it, each time once: nobody goes to its session then. What the
   * key asks, a new name for one, would lose the focus.
   */
  takeKey(): boolean {
    const isByKey = performance.now() - this.#keyAt < KEY_MS;
    this.#keyAt = -Infinity;
    return isByKey;
  }

  /** What Enter means in the tree: what the editor makes of it, and the session when the row is one. */
  async entered(named: Named): Promise<SessionId | undefined> {
    if (!meansSelection(named)) return undefined;
    await vscode.commands.executeCommand('list.select');
    return this.#tree.selected[0];
  }

  /** What a key means in the tree: the rows that are selected, or the one that has the focus. */
  async #selected(named: Named): Promise<readonly SessionId[]> {
    if (!meansSelection(named)) return [];
    this.#keyAt = performance.now();
    // The arrow keys move the focus alone, of which extensions are not told: selecting the row tells.
    if (this.#tree.selected.length <= 1) await vscode.commands.executeCommand('list.selectAndPreserveFocus');
    return this.#tree.selected;
  }

  #fits(sessionId: SessionId, { only }: Choice): boolean {
    const summary = this.#list.get(sessionId);
    return summary !== undefined && (only === undefined || only(summary));
  }
}

/** Whether a key of the tree means its rows. */
export function meansSelection(named: Named): boolean {
  return typeof named === 'object' && named !== null && 'selection' in named;
}

/** The id in what names a session directly. */
export function idOf(named: Named): SessionId | undefined {
  if (typeof named === 'string' && named !== '') return named as SessionId;
  return typeof named === 'object' &&
    named !== null &&
    'sessionId' in named &&
    typeof named.sessionId === 'string'
    ? named.sessionId
    : undefined;
}
