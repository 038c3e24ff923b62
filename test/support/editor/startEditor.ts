import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureEditor } from '../../../scripts/editor.mjs';
import {
  type EditorServer,
  editorUrl,
  installExtension,
  linkExtension,
  startEditorServer,
  writeSettings,
} from '../../../scripts/editorServer.mjs';
import { launchBrowser } from './browser.ts';
import { type EditorWindow, openEditorWindow } from './editorWindow.ts';
import { endProcesses, processesOf } from './processes.ts';
import { runSuite, type SuiteResult } from './runSuite.ts';
import { skippedExtensions, testSettings } from './testSettings.ts';
import { keepWebviewWorker } from './webviewWorker.ts';

/** What an editor under test is started with. */
export interface EditorOptions {
  /** The folder to open, an absolute path. */
  readonly workspace: string;
  /** The data directory of the runtimes that this editor starts (`HOLDFAST_HOME`); they end with it. */
  readonly home: string;
  /** An extension to load from its sources, an absolute path. */
  readonly extensionDevelopmentPath?: string;
  /** Further ones beside it, absolute paths. */
  readonly moreExtensions?: readonly string[];
  /** A packaged extension to install, an absolute path. */
  readonly vsix?: string;
  /** Settings of the user and of the machine, over those that keep a test quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * Workspace Trust: granted (the default), withheld without a question (Restricted Mode), or `'ask'`: the
   * editor shows its dialog, see `answerTrustDialog`.
   */
  readonly trust?: boolean | 'ask';
  /** Added to the environment of the server, so of extensions and terminals. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A window's own choices. */
export interface WindowOptions {
  /** Instead of the editor's workspace: a folder, a `.code-workspace` file, or `null` for no folder at all. */
  readonly workspace?: string | null;
  /** In pixels of the page. */
  readonly size?: { readonly width: number; readonly height: number };
}

/** How long a window may take to show what a test waits for: many times what it takes, since machines of tests are busy. */
const patienceMs = 60_000;

/** A running VS Code, with a browser to look at it. Whoever starts it disposes of it. */
export interface Editor extends AsyncDisposable {
  /** The address that opens a window. */
  url(options?: WindowOptions): string;
  /** Opens a window and waits until its workbench is there; extensions may still be starting. */
  openWindow(options?: WindowOptions): Promise<EditorWindow>;
  /** Runs a module's `run()` inside an extension host, with the extension from its sources. */
  runSuite(testsPath: string): Promise<SuiteResult>;
  /** The processes of its extension hosts, one a window, oldest first. */
  extensionHosts(): number[];
  /** Kills an extension host as a crash would: the only one, or the given one. Resolves when it is gone. */
  killExtensionHost(pid?: number): Promise<void>;
  /** Ends the server with all it started and starts it again on the same port: an editor restart. */
  restartServer(): Promise<void>;
  /** Changes settings while windows are open; those that were given at the start stay, unless they are named. */
  configure(settings: Readonly<Record<string, unknown>>): void;
  /** What the server printed. */
  log(): string;
  /** Closes the browser, ends the server and what uses `home`, removes the editor's data. Idempotent. */
  dispose(): Promise<void>;
}

/**
 * Starts the server build of VS Code with a data folder of its own, and headless Chromium.
 *
 * @throws When either cannot be installed or started; nothing is left running then.
 */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'holdfast-editor-'));
  const build = await ensureEditor();
  const env = {
    VSCODE_SKIP_BUILTIN_EXTENSIONS: skippedExtensions.join(),
    // Commands that sessions run may be test runners themselves; they must not think they are part of this one.
    NODE_TEST_CONTEXT: undefined,
    ...options.env,
    HOLDFAST_HOME: options.home,
  };
  let server: EditorServer | undefined;
  let browser: Awaited<ReturnType<typeof launchBrowser>> | undefined;
  let disposed: Promise<void> | undefined;

  const dispose = (): Promise<void> =>
    (disposed ??= (async () => {
      await browser?.close();
      await server?.stop();
      await endProcesses(processesOf({ environment: `HOLDFAST_HOME=${options.home}` }));
      rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
      process.off('SIGTERM', exitOnSignal);
    })());

  // The test runner ends a file that takes too long with SIGTERM; leaving properly ends the server too.
  process.once('SIGTERM', exitOnSignal);
  const configure = (settings: Readonly<Record<string, unknown>>): void =>
    writeSettings(dataFolder, { ...testSettings(options.trust ?? true), ...options.settings, ...settings });
  try {
    configure({});
    const { extensionDevelopmentPath: own, moreExtensions = [] } = options;
    for (const extensionFolder of [...(own ? [own] : []), ...moreExtensions])
      linkExtension({ dataFolder, extensionFolder });
    if (options.vsix) await installExtension({ ...build, dataFolder, vsix: options.vsix });
    server = await startEditorServer({ ...build, dataFolder, env, graceSeconds: 5 });
    browser = await launchBrowser();
  } catch (error) {
    await dispose();
    throw error;
  }

  const { port } = server;
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  context.setDefaultTimeout(patienceMs);
  await keepWebviewWorker(context);
  const running = (): EditorServer => {
    if (!server || disposed) throw new Error('this editor is disposed');
    return server;
  };
  const extensionHosts = (): number[] =>
    processesOf({ parent: running().pid, command: '--type=extensionHost' });

  const url = ({ workspace = options.workspace }: WindowOptions = {}): string => editorUrl(port, workspace);

  return {
    url,
    openWindow: (windowOptions = {}) =>
      openEditorWindow(context, url(windowOptions), windowOptions.size ?? { width: 1280, height: 800 }),
    runSuite: (testsPath) => {
      const { extensionDevelopmentPath } = options;
      if (!extensionDevelopmentPath) throw new Error('a suite needs an extension in development');
      return runSuite(context, { url: url(), extensionDevelopmentPath, testsPath });
    },
    extensionHosts,
    async killExtensionHost(pid) {
      const hosts = extensionHosts();
      const host = pid ?? (hosts.length === 1 ? hosts[0] : undefined);
      if (host === undefined)
        throw new Error(`which extension host? there are ${hosts.join(', ') || 'none'}`);
      await endProcesses([host], 'SIGKILL');
    },
    async restartServer() {
      await running().stop();
      server = await startEditorServer({ ...build, dataFolder, env, port, graceSeconds: 5 });
    },
    configure,
    log: () => running().log(),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

function exitOnSignal(): void {
  process.exit(143);
}
