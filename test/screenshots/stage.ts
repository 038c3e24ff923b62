import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';

import { connect, type Connection, type Session } from '../../src/client/index.ts';
import type { EditorWindow } from '../support/editor/editorWindow.ts';
import { startEditor, type Editor } from '../support/editor/startEditor.ts';
import { chatFrame } from '../support/editor/workbench.ts';
import { fakeAgent, runtimeBundle } from '../support/testHome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The themes that pictures are made in: their names in the settings, and their kinds as chat pages are told them. */
export const themes = {
  dark: ['Default Dark Modern', 'vscode-dark'],
  light: ['Default Light Modern', 'vscode-light'],
  hc: ['Default High Contrast', 'vscode-high-contrast'],
  hcLight: ['Default High Contrast Light', 'vscode-high-contrast-light'],
} as const;

export type Theme = keyof typeof themes;

/** Agents of the pictures: one program under two names. */
const showing = fakeAgent('showing');
export const agents = {
  example: { ...showing, name: 'Example agent' },
  second: { ...showing, name: 'Second agent' },
};

/** An editor with sessions in it, and where its pictures go. Whoever sets it up disposes of it. */
export interface Stage extends AsyncDisposable {
  readonly editor: Editor;
  readonly window: EditorWindow;
  readonly page: Page;
  readonly workspace: string;
  /** Makes another session while the editor is open; only on a stage with `sessions`. */
  make(title: string, agent: string): Promise<Session>;
  /** Switches the theme and waits until the chat page has it. */
  use(theme: Theme): Promise<void>;
  /** Makes the window so large that the chat page has this width. */
  widen(width: number, height: number): Promise<void>;
  /** Leaves so many times less room to the page, as zoom does in a window of the same size. */
  zoom(factor: number): Promise<void>;
  /** Writes `NAME.png`, of the whole window or of a part of it. */
  picture(name: string, clip?: { x: number; y: number; width: number; height: number }): Promise<void>;
}

/** What a stage is set up with. */
export interface StageOptions {
  /** The folder of the pictures, an absolute path. */
  readonly out: string;
  /** Makes the sessions, before the editor starts. */
  readonly sessions?: (cast: Cast) => Promise<void>;
  readonly trust?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly size?: { readonly width: number; readonly height: number };
}

/** Starts an editor on a copy of the sample workspace. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-pictures-'));
  const home = join(folder, 'home');
  const workspace = join(folder, 'tides');
  cpSync(join(root, 'test/support/sampleWorkspace'), workspace, { recursive: true });
  mkdirSync(options.out, { recursive: true });
  let cast: Connection | undefined;
  let editor: Editor | undefined;
  const dispose = async (): Promise<void> => {
    cast?.dispose();
    await editor?.dispose();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  try {
    if (options.sessions !== undefined) {
      cast = await connect({ home, bundle: runtimeBundle, log: () => undefined, agents });
      await options.sessions(new Cast(cast, workspace));
    }
    editor = await startEditor({
      workspace,
      home,
      extensionDevelopmentPath: root,
      settings: { 'holdfast.agents': agents, ...options.settings },
      ...(options.trust !== undefined && { trust: options.trust }),
    });
    const window = await editor.openWindow({ size: options.size ?? { width: 1280, height: 900 } });
    const make = (title: string, agent: string): Promise<Session> => {
      if (cast === undefined) throw new Error('nobody is there who makes sessions');
      return new Cast(cast, workspace).make(title, agent);
    };
    return { ...acts(editor, window, options.out), make, workspace, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function acts(editor: Editor, window: EditorWindow, out: string) {
  const { page } = window;
  return {
    editor,
    window,
    page,
    async use(theme: Theme): Promise<void> {
      const [name, kind] = themes[theme];
      editor.configure({ 'workbench.colorTheme': name });
      await chatFrame(page).locator(`body[data-vscode-theme-kind="${kind}"]`).waitFor();
    },
    async widen(width: number, height: number): Promise<void> {
      await page.setViewportSize({ width: width + 100, height });
      // The second look is at what the first one led to: parts of the workbench have least widths.
      for (const _ of [1, 2]) {
        const { width: has } = await chatBox(page);
        const now = page.viewportSize()?.width ?? 0;
        await page.setViewportSize({ width: Math.round(now + width - has), height });
      }
    },
    async zoom(factor: number): Promise<void> {
      const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
      await page.setViewportSize({ width: Math.round(width / factor), height: Math.round(height / factor) });
    },
    async picture(name: string, clip?: { x: number; y: number; width: number; height: number }) {
      await page.screenshot({ path: join(out, `${name}.png`), ...(clip && { clip }) });
    },
  };
}

/** Where the chat page is in the window. */
export async function chatBox(page: Page) {
  const box = await page.locator('iframe.webview').filter({ visible: true }).first().boundingBox();
  if (box === null) throw new Error('no chat page is shown');
  return box;
}

/** Makes sessions from outside of the editor, as a terminal or a second window does. */
export class Cast {
  readonly #connection: Connection;
  readonly #cwd: string;

  constructor(connection: Connection, cwd: string) {
    this.#connection = connection;
    this.#cwd = cwd;
  }

  /** A session with prompts of which each ended its turn. */
  async make(title: string, agent: string, ...prompts: string[]): Promise<Session> {
    const session = await this.#connection.openSession({
      cwd: this.#cwd,
      agent,
      title,
      onEvent: () => undefined,
    });
    for (const prompt of prompts) await (await session.prompt(prompt)).ended;
    return session;
  }

  /** A prompt whose turn goes on; resolves when the session is in that phase. */
  async begin(session: Session, prompt: string, phase: 'running' | 'waiting'): Promise<void> {
    await session.prompt(prompt);
    if (session.head.phase === phase) return;
    for await (const _ of session.events({ since: session.cursor.seq })) {
      if (session.head.phase === phase) return;
    }
  }
}
