import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { WindowRequest, WindowRequestParams } from '../../protocol/methods/documentMethods.ts';
import { uriOfFile } from './fileUri.ts';
import { isInside } from './realPath.ts';
import { WindowDocuments, type OpenDocument } from './windowDocuments.ts';

/** A connected window that can synchronise documents, as far as they need it. */
export interface DocumentPeer {
  /** The window's name, for words. */
  readonly name: string;
  /** The window's folders when it joins, as it spells them. */
  readonly folders: readonly string[];
  /** LSP's dynamic registration; rejects when the window is gone. */
  register(
    method: 'client/registerCapability' | 'client/unregisterCapability',
    params: object,
  ): Promise<void>;
  /** Asks the window; rejects when it is gone, refuses or is told through the signal not to go on. */
  request<M extends WindowRequest>(
    method: M,
    params: WindowRequestParams<M>,
    signal: AbortSignal,
  ): Promise<unknown>;
}

/** A window with the documents that it has open. */
export interface DocumentWindow {
  readonly peer: DocumentPeer;
  readonly documents: WindowDocuments;
}

/** A window that joined: what it sends goes here. It is forgotten by disposing. */
export interface JoinedWindow extends WindowDocuments, Disposable {
  /** Its folders are others than before: absolute paths, as it spells them. */
  moved(folders: readonly string[]): void;
}

/** The directories that documents are synchronised in, for as long as it is held. */
export interface HeldRoots extends Disposable {
  /** Resolves when the windows have been told of them. */
  readonly ready: Promise<void>;
}

interface Root extends HeldRoots {
  readonly given: readonly string[];
  real: readonly string[];
}

interface Window extends DocumentWindow {
  /** Its folders as it spells them, and with where they really are. */
  spelled: readonly string[];
  folders: readonly { readonly spelled: string; readonly real: string }[];
  /** The registration that holds now. */
  registered: { readonly id: string; readonly bases: string } | undefined;
  /** Resolves when the window has sent what it has open. */
  told: Promise<unknown>;
}

/** The notifications that windows are asked for: one registration each. */
const METHODS = ['didOpen', 'didChange', 'didSave', 'didClose'].map((name) => `textDocument/${name}`);
/** LSP's `TextDocumentSyncKind`. */
const INCREMENTAL = 2;
/** A window may take this long to answer a registration before it is no longer waited for, in milliseconds. */
const REGISTER_MS = 1000;
/** Directories that windows are asked to look in, at most. */
const MOST_BASES = 200;

/**
 * What is unsaved in the editor, of all windows (A5). A window is asked for its documents when the first live session has
 * directories, by LSP's dynamic registration, and told to stop when none is left. Owned by the runtime.
 */
export class Documents {
  readonly #clock: Clock;
  readonly #windows = new Set<Window>();
  readonly #roots = new Set<Root>();
  #changes = 0;
  #registrations = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A window connected; what it sends goes to the result, which is forgotten by disposing. */
  join(peer: DocumentPeer): JoinedWindow {
    const documents = new WindowDocuments({
      isWanted: (file) => this.#isWanted(file),
      nextChange: () => ++this.#changes,
    });
    const window: Window = {
      peer,
      documents,
      spelled: peer.folders,
      folders: [],
      registered: undefined,
      told: Promise.resolve(),
    };
    this.#windows.add(window);
    window.told = this.#lookAt(window);
    return Object.assign(documents, {
      moved: (folders: readonly string[]) => {
        window.spelled = folders;
        window.told = Promise.all([window.told, this.#lookAt(window)]);
      },
      dispose: () => {
        this.#windows.delete(window);
        documents.clear();
      },
    });
  }

  /** A live session works in these directories. */
  hold(given: readonly string[]): HeldRoots {
    const resolved = Promise.all(given.map((root) => realpath(root).catch(() => root)));
    const root: Root = {
      given,
      real: [],
      ready: resolved.then((real) => {
        root.real = real;
        if (this.#roots.has(root)) this.#rootsChanged();
      }),
      dispose: () => {
        if (this.#roots.delete(root)) this.#rootsChanged();
      },
    };
    this.#roots.add(root);
    return root;
  }

  /** The document of a real path, in the window that changed it last; which registrations were made is waited for. */
  async find(file: string): Promise<(DocumentWindow & { readonly document: OpenDocument }) | undefined> {
    await Promise.all([...this.#windows].map(({ told }) => told));
    const found = await Promise.all(
      [...this.#windows].map(async (window) => {
        const document = await window.documents.find(file);
        return document === undefined ? [] : [{ ...window, document }];
      }),
    );
    return found.flat().sort((a, b) => b.document.changed - a.document.changed)[0];
  }

  #isWanted(file: string): boolean {
    return [...this.#roots].some(({ real }) => real.some((root) => isInside(root, file)));
  }

  #rootsChanged(): void {
    for (const window of this.#windows) {
      window.told = Promise.all([window.told, this.#register(window)]);
      window.documents.prune();
    }
  }

  /**
   * Asks a window for what it has open in the directories of now. The new registration is made before the old one goes, so
   * that what is in both stays known without a gap.
   */
  async #register(window: Window): Promise<void> {
    const bases = this.#basesFor(window);
    const { registered, peer } = window;
    if ((registered?.bases ?? '[]') === JSON.stringify(bases)) return;
    const id = `documents-${++this.#registrations}`;
    window.registered = bases.length === 0 ? undefined : { id, bases: JSON.stringify(bases) };
    const registering =
      bases.length > 0 && peer.register('client/registerCapability', registration(id, bases));
    if (registered !== undefined) {
      const unregisterations = METHODS.map((method) => ({ id: `${registered.id}-${method}`, method }));
      // A window that is gone has forgotten its registrations.
      peer.register('client/unregisterCapability', { unregisterations }).catch(() => undefined);
    }
    if (registering !== false) await this.#bounded(registering);
  }

  /** The directories, in every spelling that a window may have for them, none of them inside another one. */
  #basesFor({ folders }: Window): string[] {
    const bases = new Set<string>();
    for (const { given, real } of this.#roots) {
      for (const [index, root] of real.entries()) {
        bases.add(root);
        bases.add(path.resolve(given[index] ?? root));
        for (const { spelled, real: folder } of folders) {
          if (isInside(root, folder)) bases.add(spelled);
          else if (isInside(folder, root)) bases.add(path.join(spelled, path.relative(folder, root)));
        }
      }
    }
    const all = [...bases].sort();
    return all
      .filter((base) => !all.some((other) => other !== base && isInside(other, base)))
      .slice(0, MOST_BASES);
  }

  /** Where a window's folders of now really are, and a registration that counts them. */
  async #lookAt(window: Window): Promise<void> {
    const { spelled: folders } = window;
    const look = async (spelled: string) => ({ spelled, real: await realpath(spelled).catch(() => spelled) });
    const looked = await Promise.all(folders.filter((folder) => path.isAbsolute(folder)).map(look));
    if (!this.#windows.has(window) || window.spelled !== folders) return;
    window.folders = looked;
    await this.#register(window);
  }

  /** Resolves when the window has answered, or is no longer waited for. */
  #bounded(answer: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(REGISTER_MS, resolve);
      const settle = (): void => {
        timer.dispose();
        resolve();
      };
      answer.then(settle, settle);
    });
  }
}

function registration(id: string, bases: readonly string[]): object {
  const documentSelector = bases.map((base) => ({
    scheme: 'file',
    pattern: { baseUri: uriOfFile(base), pattern: '**/*' },
  }));
  return {
    registrations: METHODS.map((method) => ({
      id: `${id}-${method}`,
      method,
      registerOptions: {
        documentSelector,
        ...(method.endsWith('didChange') && { syncKind: INCREMENTAL }),
        ...(method.endsWith('didSave') && { includeText: false }),
      },
    })),
  };
}
