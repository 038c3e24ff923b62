/** A Chromium for tests that look at a page, and for the server build of VS Code. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { canInstall, ensureDebianPackages } from './debian.mjs';
import { which } from './run.mjs';
import { Failure, runMain } from './step.mjs';

/** Debian's browser, and fonts that make its screenshots legible. */
const packages = ['chromium', 'fonts-dejavu-core', 'fonts-liberation'];

/** How to start it for tests: without a sandbox (which root cannot have), and quiet on the network. */
export const browserFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Finds Chromium, Chrome or Edge, or installs Debian's Chromium where that is allowed.
 *
 * @returns {Promise<string>} The path of its executable.
 * @throws {Failure} With what to install, when there is none.
 */
export async function ensureBrowser() {
  const given = process.env['HOLDFAST_CHROMIUM'];
  if (given) {
    if (existsSync(given)) return given;
    throw new Failure(`HOLDFAST_CHROMIUM is ${given}, and there is no such file.`);
  }
  const found = findBrowser();
  if (found) return found;
  if (process.platform === 'linux') {
    // Where it cannot be installed, this fails with the command that does it.
    if (canInstall() || existsSync('/usr/bin/apt-get'))
      await ensureDebianPackages(packages, 'tests in a browser');
    const installed = findBrowser();
    if (installed) return installed;
  }
  throw new Failure('No Chromium, Chrome or Edge was found. Install one, or name one in HOLDFAST_CHROMIUM.');
}

/** @returns {string | undefined} */
function findBrowser() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
  for (const name of names) {
    const path = which(name);
    if (path) return path;
  }
  return usualPlaces().find((path) => existsSync(path));
}

/** Where browsers are that do not put themselves on PATH. */
function usualPlaces() {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform !== 'win32') return [];
  const folders = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap(
    (name) => process.env[name] ?? [],
  );
  const programs = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];
  return folders.flatMap((folder) => programs.map((program) => join(folder, program)));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await runMain(async () => console.log(await ensureBrowser()));
