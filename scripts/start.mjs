/**
 * `npm start`: builds Holdfast and opens VS Code with it on a sample project. It takes the desktop VS Code
 * where there is one, else the one that `@vscode/test-electron` downloads, else the server build, whose
 * address it prints. `npm start -- [--server] [--port N] [FOLDER]`.
 */
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { findDesktopEditor, hasDisplay } from './desktopEditor.mjs';
import { cacheFolder, ensureEditor } from './editor.mjs';
import {
  editorUrl,
  linkExtension,
  settingsFiles,
  startEditorServer,
  writeSettings,
} from './editorServer.mjs';
import { downloadEditor } from './electron.mjs';
import { node24, root, run } from './run.mjs';
import { Failure, runMain, step } from './step.mjs';

/** The browser keeps an editor's layout for each port, so that it is the same one if it can be. */
const usualPort = 8417;

const usage = 'npm start -- [--server] [--port N] [FOLDER]';

/** What a fresh editor starts with, so that Holdfast is what one sees; the person may change all of it. */
const firstSettings = {
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'always',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

await runMain(async () => {
  const { folder, port, server } = readArguments();
  await step('Building', () => run(node24(), ['esbuild.mjs']));
  const desktop = server ? undefined : await findDesktopEditor();
  if (desktop) return await openDesktop(desktop, folder);
  const downloaded = !server && hasDisplay() ? await step('Downloading VS Code', downloadEditor) : undefined;
  if (downloaded) return await openDesktop(downloaded, folder, join(cacheFolder, 'vscode-data'));
  if (process.platform !== 'linux') {
    throw new Failure('VS Code was not found and cannot be downloaded. Install it and put `code` on PATH.');
  }
  await serve(folder, port);
});

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: { port: { type: 'string' }, server: { type: 'boolean' } },
      allowPositionals: true,
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65536)) {
      throw new Failure(`${values.port} is not a port.`);
    }
    const folder = resolve(positionals[0] ?? join(root, 'test', 'support', 'sampleWorkspace'));
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new Failure(`${folder} is not a folder.`);
    return { folder, port, server: values.server ?? port !== undefined };
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : String(error)}\nUsage: ${usage}`);
  }
}

/**
 * Opens a window of a desktop VS Code.
 *
 * @param {string} executable
 * @param {string} folder
 * @param {string} [data] Settings and extensions of its own, for an editor that is not the person's.
 */
async function openDesktop(executable, folder, data) {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const own = data ?? (isRoot ? join(cacheFolder, 'vscode-data') : undefined);
  const args = [
    `--extensionDevelopmentPath=${root}`,
    ...(own ? [`--user-data-dir=${join(own, 'user')}`, `--extensions-dir=${join(own, 'extensions')}`] : []),
    // Chromium's sandbox does not work for root.
    ...(isRoot ? ['--no-sandbox'] : []),
    folder,
  ];
  console.log(
    `Opening ${folder} in VS Code with Holdfast. After a change: \`npm run build\`, then reload the window.`,
  );
  await new Promise((done, failed) => {
    const child = spawn(executable, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', (error) => failed(new Failure(`Could not start ${executable}: ${error.message}`)));
    child.on('close', done);
  });
}

/**
 * Runs the server build until Ctrl-C. Its settings and layout are kept for the next time.
 *
 * @param {string} folder
 * @param {number | undefined} port Without it the usual one, or any that is free.
 */
async function serve(folder, port) {
  const editor = await ensureEditor();
  const dataFolder = join(cacheFolder, 'editor-data');
  if (!settingsFiles(dataFolder).some((path) => existsSync(path))) writeSettings(dataFolder, firstSettings);
  linkExtension({ dataFolder, extensionFolder: root });
  const server = await step('Starting VS Code', async () =>
    startEditorServer({ ...editor, dataFolder, port: port ?? ((await isFree(usualPort)) ? usualPort : 0) }),
  );
  console.log(`\nVS Code with Holdfast:\n\n  ${editorUrl(server.port, folder)}\n`);
  console.log('Open it in a browser and trust the folder; Holdfast is the anchor at the left.');
  console.log(
    'Only this machine can reach it. After a change: `npm run build`, then reload. Ctrl-C ends it.',
  );
  const stop = () => void server.stop();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
  await server.ended;
}

/**
 * Whether nothing listens on a port of the loopback address.
 *
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
