/**
 * `npm run test:electron`: the suite that runs inside the extension host, in the desktop VS Code, which
 * `@vscode/test-electron` downloads. Where it cannot be downloaded, `npm test` runs the same suite in the
 * server build instead.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { cacheFolder } from './editor.mjs';
import { node24, root, run, which } from './run.mjs';
import { Failure, runMain, step } from './step.mjs';

/**
 * Downloads the desktop VS Code, once for each version.
 *
 * @returns {Promise<string | undefined>} Its executable, or nothing when the network does not have it.
 */
export async function downloadEditor() {
  const { downloadAndUnzipVSCode, SilentReporter } = await import('@vscode/test-electron');
  try {
    return await downloadAndUnzipVSCode({
      version: 'stable',
      cachePath: join(cacheFolder, 'vscode'),
      reporter: new SilentReporter(),
      timeout: 30_000,
    });
  } catch (error) {
    if (isNetworkError(error)) return undefined;
    throw error;
  }
}

/**
 * Whether a failure says that a host could not be reached, rather than that something is wrong here.
 *
 * @param {unknown} error
 * @returns {boolean}
 */
function isNetworkError(error) {
  const codes = [
    'ENOTFOUND',
    'EAI_AGAIN',
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ];
  if (!(error instanceof Error)) return false;
  const { code, errors } = /** @type {{code?: string, errors?: unknown[]}} */ (
    /** @type {unknown} */ (error)
  );
  if (code && codes.includes(code)) return true;
  if (Array.isArray(errors) && errors.some(isNetworkError)) return true;
  return (
    codes.some((name) => error.message.includes(name)) || /request timed? ?out|timeout/i.test(error.message)
  );
}

/** Starts the desktop VS Code on the suite and repeats its output; resolves to its exit code. */
async function runSuite(/** @type {string} */ executable) {
  const data = mkdtempSync(join(tmpdir(), 'holdfast-electron-'));
  const args = [
    join(root, 'test', 'support', 'sampleWorkspace'),
    `--extensionDevelopmentPath=${root}`,
    `--extensionTestsPath=${join(root, 'dist', 'test', 'editor', 'index.cjs')}`,
    ...[`--user-data-dir=${join(data, 'user')}`, `--extensions-dir=${join(data, 'extensions')}`],
    ...[
      '--disable-workspace-trust',
      '--disable-gpu',
      '--no-sandbox',
      '--skip-welcome',
      '--skip-release-notes',
    ],
  ];
  const headless = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];
  const xvfb = headless ? which('xvfb-run') : undefined;
  if (headless && !xvfb)
    throw new Failure('There is no display. Install xvfb (it brings `xvfb-run`) and try again.');
  const [command, ...all] = xvfb ? [xvfb, '--auto-servernum', executable, ...args] : [executable, ...args];
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(command ?? executable, all, {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, HOLDFAST_HOME: join(data, 'home'), ELECTRON_RUN_AS_NODE: undefined },
      });
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 1));
    });
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    await run(node24(), ['esbuild.mjs']);
    if (!existsSync(join(root, 'dist', 'test', 'editor', 'index.cjs'))) {
      throw new Failure('There is no suite: test/editor/suite.ts does not exist.');
    }
    const executable = await step('Downloading VS Code', downloadEditor);
    if (!executable) {
      console.log(
        'The desktop VS Code is unreachable from here; `npm test` runs the same suite in the server build.',
      );
      return;
    }
    process.exitCode = await runSuite(executable);
  });
}
