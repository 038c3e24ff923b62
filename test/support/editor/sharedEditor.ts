import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import {
  connect,
  type Connection,
  type ConnectOptions,
  type CreateConfig,
  type Session,
} from '../../../src/client/index.ts';
import { runtimeBundle } from '../testHome.ts';
import type { EditorWindow } from './editorWindow.ts';
import { startEditor, type Editor, type EditorOptions } from './startEditor.ts';
import { chatFrame } from './workbench.ts';
import { header, send, shows } from './chat.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What the tests of one file share, and what is there before their editor starts. */
export interface SharedEditorOptions {
  /** Settings and environment, made once the folders are there; the extension is the one from its sources, unless a package is named. */
  readonly editor?: (folders: SharedFolders) => Partial<EditorOptions> | Promise<Partial<EditorOptions>>;
  /** Agents that the other client's sessions may be made with. */
  readonly agents?: (folders: SharedFolders) => NonNullable<ConnectOptions['agents']>;
  /** What another client does before the window opens, as a terminal or a second window does. */
  readonly prepare?: (shared: SharedEditor) => Promise<unknown>;
  readonly size?: { readonly width: number; readonly height: number };
}

/** Where the tests of one file work; all paths are absolute and real. */
export interface SharedFolders {
  readonly folder: string;
  readonly home: string;
  /** A copy of the sample workspace, open in the window. */
  readonly workspace: string;
}

/** One editor with one window for all tests of a file. Its parts are there from the first test on. */
export interface SharedEditor extends SharedFolders {
  readonly editor: Editor;
  readonly window: EditorWindow;
  readonly page: Page;
  /** The chat page in the side bar. */
  readonly chat: FrameLocator;
  /** The title above the chat of the side bar, when it is the given one. */
  header(title: string | RegExp): Locator;
  /** Writes a prompt in the side bar and sends it. */
  send(text: string): Promise<void>;
  /** Resolves when the chat of the side bar shows a text. */
  shows(text: string | RegExp): Promise<void>;
  /** Does something after the last test: the editor has ended by then, and the folder is still there. */
  defer(close: () => unknown): void;
  /** Another client of the same runtime, connected when it is first asked for. */
  other(): Promise<Connection>;
  /** Makes a session from outside of the editor; with a prompt, one that has ended its turn. */
  make(config: Partial<Omit<CreateConfig, 'onEvent'>>, prompt?: string): Promise<Session>;
}

/** Starts an editor before the tests of the file that calls, and takes everything away after them. A failed test leaves a picture. */
export function sharedEditor(options: SharedEditorOptions = {}): SharedEditor {
  let folders: SharedFolders | undefined;
  let editor: Editor | undefined;
  let window: EditorWindow | undefined;
  let connecting: Promise<Connection> | undefined;
  const deferred: (() => unknown)[] = [];
  const shared: SharedEditor = {
    get folder() {
      return there(folders).folder;
    },
    get home() {
      return there(folders).home;
    },
    get workspace() {
      return there(folders).workspace;
    },
    get editor() {
      return there(editor);
    },
    get window() {
      return there(window);
    },
    get page() {
      return there(window).page;
    },
    get chat() {
      return chatFrame(there(window).page, 'view');
    },
    header: (title) => header(shared.page, title),
    send: (text) => send(shared.page, text),
    shows: (text) => shows(shared.page, text),
    defer: (close) => void deferred.unshift(close),
    other() {
      const { home } = shared;
      const agents = options.agents?.(shared) ?? {};
      connecting ??= connect({ home, bundle: runtimeBundle, log: () => undefined, agents });
      return connecting;
    },
    async make(config, prompt) {
      const other = await shared.other();
      const given = { cwd: shared.workspace, ...config, onEvent: () => undefined };
      const session = await other.openSession(given);
      if (prompt !== undefined) await (await session.prompt(prompt)).ended;
      return session;
    },
  };

  before(async () => {
    const folder = realpathSync(mkdtempSync(path.join(process.env['HOLDFAST_TEST_RUN'] ?? tmpdir(), 'e-')));
    const workspace = path.join(folder, 'tides');
    folders = { folder, workspace, home: path.join(folder, 'home') };
    cpSync(path.join(root, 'test/support/sampleWorkspace'), workspace, { recursive: true });
    await options.prepare?.(shared);
    const more = await options.editor?.(folders);
    const sources = more?.vsix === undefined && { extensionDevelopmentPath: root };
    editor = await startEditor({ workspace, home: folders.home, ...sources, ...more });
    window = await editor.openWindow({ size: options.size ?? { width: 1280, height: 860 } });
  });

  afterEach(async (t) => {
    if (!('passed' in t) || t.passed) return;
    await window?.screenshot(`failed-${t.name.slice(0, 40).replaceAll(/\W+/gu, '-')}`);
  });

  after(async () => {
    (await connecting?.catch(() => undefined))?.dispose();
    await editor?.dispose();
    for (const close of deferred) await close();
    if (folders !== undefined)
      rmSync(folders.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });

  return shared;
}

function there<T>(part: T | undefined): T {
  if (part === undefined)
    throw new Error('the editor is not there yet: this is for tests, not for `prepare`');
  return part;
}
