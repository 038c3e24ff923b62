import { registerHooks } from 'node:module';

/**
 * The editor's API without an editor, as far as unit tests need it: what says something keeps it, and a test presses the
 * buttons. Importing this file stands it in for `vscode`, in modules that are imported after it: with `await import`.
 */
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode' ? { url: import.meta.url, shortCircuit: true } : next(specifier, context),
});

/** A notification that is shown, or was: `press` chooses a button by its title, or none, as when it is closed. */
export interface Shown {
  readonly kind: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly modal: boolean;
  readonly buttons: readonly string[];
  press(button: string | undefined): void;
}

type Item = string | { readonly title: string };

/** What was shown and run, and what the editor has to say, of the one test that runs. `reset` begins anew. */
export const editor = {
  shown: [] as Shown[],
  ran: [] as (readonly unknown[])[],
  settings: {} as Record<string, unknown>,
  /** What the status bar said. */
  said: [] as string[],
  /** Told each notification as it comes. */
  onShow: undefined as ((shown: Shown) => void) | undefined,
  reset(): void {
    this.shown = [];
    this.ran = [];
    this.said = [];
    this.settings = {};
    this.onShow = undefined;
    window.state.focused = true;
    env.remoteName = undefined;
    workspace.workspaceFile = workspace.workspaceFolders = undefined;
    this.onPick = undefined;
  },
  /** Told each quick pick as it comes. */
  onPick: undefined as ((shown: ShownPick) => void) | undefined,
  /** The first notification that fits, shown already or to come. */
  async notification(fits: (shown: Shown) => boolean): Promise<Shown> {
    const there = this.shown.find(fits);
    if (there !== undefined) return there;
    return new Promise((resolve) => {
      const before = this.onShow;
      this.onShow = (shown) => {
        before?.(shown);
        if (fits(shown)) resolve(shown);
      };
    });
  },
};

const say =
  (kind: Shown['kind']) =>
  (text: string, ...rest: readonly (Item | { readonly modal?: boolean })[]): Promise<Item | undefined> =>
    new Promise((resolve) => {
      const items = rest.filter((each): each is Item => typeof each === 'string' || 'title' in each);
      const titleOf = (item: Item): string => (typeof item === 'string' ? item : item.title);
      const shown: Shown = {
        kind,
        text,
        modal: rest.some((each) => typeof each === 'object' && 'modal' in each && each.modal === true),
        buttons: items.map(titleOf),
        press: (button) => resolve(items.find((item) => titleOf(item) === button)),
      };
      editor.shown.push(shown);
      editor.onShow?.(shown);
    });

/** An item of the status bar, as it was set last. */
export interface StatusItem {
  text?: string;
  tooltip?: { readonly value: string };
  isShown: boolean;
  show(): void;
  hide(): void;
  dispose(): void;
}

/** Every item of the status bar that was made. */
export const statusItems: StatusItem[] = [];

export const StatusBarAlignment = { Left: 1, Right: 2 };

export class ThemeColor {}

export class ThemeIcon {}

export const QuickPickItemKind = { Separator: -1, Default: 0 };

export class RelativePattern {}

export class MarkdownString {
  readonly value: string;

  constructor(value: string) {
    this.value = value;
  }
}

export const window = {
  state: { focused: true },
  onDidChangeWindowState: () => ({ dispose: () => undefined }),
  tabGroups: { all: [] },
  registerWebviewViewProvider: (): { dispose(): void } => ({ dispose: () => undefined }),
  registerWebviewPanelSerializer: (): { dispose(): void } => ({ dispose: () => undefined }),
  createStatusBarItem: (): StatusItem => {
    const look = (isShown: boolean) => () => void (item.isShown = isShown);
    const item: StatusItem = { isShown: false, show: look(true), hide: look(false), dispose: look(false) };
    statusItems.push(item);
    return item;
  },
  showInformationMessage: say('information'),
  showWarningMessage: say('warning'),
  showErrorMessage: say('error'),
  setStatusBarMessage: (text: string): void => void editor.said.push(text),
  /** A quick pick that is filled while it is shown; a test that needs one makes it. */
  createQuickPick: (): unknown => undefined,
  /** What a person types into an input box, given what stands there; nothing unless a test says so. */
  showInputBox: (_options: { readonly value?: string }): Promise<string | undefined> =>
    Promise.resolve(undefined),
  showTextDocument: (_document: unknown): Promise<void> => Promise.resolve(),
  showQuickPick: (items: ShownPick['items']): Promise<unknown> =>
    new Promise((resolve) => {
      const choose = (label: string | undefined): void => resolve(items.find((item) => item.label === label));
      editor.onPick?.({ items, choose });
    }),
};

export const l10n = {
  bundle: undefined,
  t: (message: string, ...values: readonly (string | number)[]): string =>
    message.replace(/\{(\d+)\}/gu, (whole, at: string) => String(values[Number(at)] ?? whole)),
};

/** Resolves when somebody waits for other folders. */
export async function foldersAwaited(): Promise<void> {
  while (folderListeners.size === 0) await new Promise((resolve) => setImmediate(resolve));
}

/** The window has these folders from now on. */
export function giveFolders(...folders: readonly string[]): void {
  workspace.workspaceFolders = folders.map((folder) => ({
    name: folder.slice(folder.lastIndexOf('/') + 1),
    uri: { scheme: 'file', fsPath: folder },
  }));
  for (const listener of folderListeners) listener();
}

export const commands = {
  executeCommand: (...command: readonly unknown[]): Promise<undefined> => {
    editor.ran.push(command);
    return Promise.resolve(undefined);
  },
};

/** What a quick pick shows, and how one of it is chosen. */
export interface ShownPick {
  readonly items: readonly { readonly label: string; readonly description?: string }[];
  choose(label: string | undefined): void;
}

interface Folder {
  readonly name: string;
  readonly uri: { readonly scheme: string; readonly fsPath: string };
}

const folderListeners = new Set<() => void>();

export const workspace = {
  workspaceFile: undefined as { readonly scheme: string; readonly fsPath: string } | undefined,
  workspaceFolders: undefined as readonly Folder[] | undefined,
  getWorkspaceFolder: (): object => ({}),
  createFileSystemWatcher: () => {
    const never = () => ({ dispose: () => undefined });
    return { onDidCreate: never, onDidDelete: never, dispose: () => undefined };
  },
  openTextDocument: (given: unknown): Promise<unknown> => Promise.resolve(given),
  findFiles: (): Promise<readonly { readonly fsPath: string }[]> => Promise.resolve([]),
  onDidChangeWorkspaceFolders: (listener: () => void) => {
    folderListeners.add(listener);
    return { dispose: () => folderListeners.delete(listener) };
  },
  getConfiguration: (section: string) => ({
    get: (name: string, other?: unknown): unknown => editor.settings[`${section}.${name}`] ?? other,
  }),
};

export const UIKind = { Desktop: 1, Web: 2 };

export const env = {
  remoteName: undefined as string | undefined,
  uiKind: UIKind.Desktop,
  appName: 'Visual Studio Code',
  clipboard: {
    text: '',
    readText(): Promise<string> {
      return Promise.resolve(this.text);
    },
    writeText(text: string): Promise<void> {
      this.text = text;
      return Promise.resolve();
    },
  },
  language: 'en',
};

export const extensions = { getExtension: (): undefined => undefined };

export const Uri = {
  file: (file: string) => ({ scheme: 'file', fsPath: file, toString: () => `file://${file}` }),
  joinPath: (base: object, ...parts: readonly string[]) => ({ ...base, toString: () => parts.join('/') }),
};
