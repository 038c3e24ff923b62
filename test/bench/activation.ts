import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { hostBlocks, type Block, type Profile } from '../support/editor/hostBlocks.ts';
import { startEditor, type Editor } from '../support/editor/startEditor.ts';
import { openContainer, quickRows, runCommand, sessionRows } from '../support/editor/workbench.ts';
import { temporaryFolder, type Cleanup, type Figure } from './bench.ts';
import { fill, listed } from './journal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const support = path.join(root, 'test/support');
const SESSIONS = 10_000;
const ROUNDS = 5;
const PROFILES = 3;
/** A window may be slow to open where much else is done: that is not what is measured. */
const PATIENCE_MS = 180_000;

/** Milliseconds from the beginning of loading an extension's code to the end of its activation. */
interface Activated {
  readonly ours: number;
  readonly empty: number;
}

/** What activation costs beside an extension that does nothing, as the editor itself tells, with no session and with 10,000. */
export async function activation(cleanup: Cleanup): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const sessions of [0, SESSIONS]) {
    const editor = await editorWith(cleanup, sessions);
    const found: Activated[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const activated = await activationOf(editor);
      // The first one fills caches and has no list from before.
      if (round > 0) found.push(activated);
    }
    figures.push(activationFigure(found, sessions));
  }
  return figures;
}

function activationFigure(found: readonly Activated[], sessions: number): Figure {
  // What else the machine does only lengthens them.
  const ours = Math.min(...found.map((each) => each.ours));
  const baseline = Math.min(...found.map((each) => each.empty));
  const more = ours - baseline;
  return {
    name: `activation${sessions > 0 ? ` with ${sessions.toLocaleString('en')} sessions` : ''}`,
    ...{ unit: 'ms', ours, against: 'an empty extension', baseline },
    ...{ aim: `< 30 ms more, is ${Math.round(more)}`, met: more < 30 },
  };
}

async function editorWith(
  cleanup: Cleanup,
  sessions: number,
  options: Partial<Parameters<typeof startEditor>[0]> = {},
): Promise<Editor> {
  const folder = temporaryFolder(cleanup);
  const home = path.join(folder, 'home');
  const workspace = path.join(folder, 'tides');
  cpSync(path.join(support, 'sampleWorkspace'), workspace, { recursive: true });
  if (sessions > 0) await fill(home, sessions, listed);
  const editor = await startEditor({
    ...{ workspace, home, extensionDevelopmentPath: root },
    moreExtensions: [path.join(support, 'editor/empty')],
    ...options,
  });
  cleanup.after(() => editor.dispose());
  return editor;
}

/** Opens a window, lets it come to rest, and asks the editor how long the two took. */
async function activationOf(editor: Editor): Promise<Activated> {
  await using window = await editor.openWindow();
  const { page } = window;
  page.setDefaultTimeout(PATIENCE_MS);
  await page.locator('.statusbar-item .codicon-comment-discussion').first().waitFor();
  await runCommand(page, 'Developer: Startup Performance');
  const text = await documentText(page, '| holdfast-test.empty');
  return { ours: timeOf(text, 'holdfast.holdfast'), empty: timeOf(text, 'holdfast-test.empty') };
}

/** The text of the editor in front, once it has `part` in it. */
async function documentText(page: Page, part: string): Promise<string> {
  const editor = page.locator('.editor-instance .monaco-editor').first();
  await editor.waitFor();
  for (let left = 60; left > 0; left--) {
    await editor.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Control+C');
    const text = await page.evaluate('navigator.clipboard.readText()');
    if (typeof text === 'string' && text.includes(part)) return text;
    await delay(500);
  }
  throw new Error(`the document never said ${part}`);
}

/** Load, call and finish of one row of the table `Extension Activation Stats`. */
function timeOf(text: string, extension: string): number {
  const cells = text
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .find(([, first]) => first === extension);
  const [load, call, finish] = (cells?.slice(3, 6) ?? []).map(Number);
  if (load === undefined || call === undefined || finish === undefined || Number.isNaN(load + call + finish))
    throw new Error(`the editor does not tell the activation of ${extension}`);
  return load + call + finish;
}

/**
 * The longest that our code holds the extension host while a person opens the window and looks at sessions, of 10,000; the one
 * turn in which it is loaded and activated is a figure of its own. The smallest of several runs: what else the machine does only
 * lengthens them.
 */
export async function hostBlock(cleanup: Cleanup): Promise<Figure> {
  const runs: Block[][] = [];
  const file = path.join(temporaryFolder(cleanup), 'host.cpuprofile');
  const editor = await editorWith(cleanup, SESSIONS, {
    extensionDevelopmentPath: afterProbe(cleanup),
    moreExtensions: [path.join(support, 'editor/probe')],
    env: { HOLDFAST_PROBE_FILE: file },
  });
  for (let run = 0; run < PROFILES; run++) {
    rmSync(file, { force: true });
    await using window = await editor.openWindow();
    window.page.setDefaultTimeout(PATIENCE_MS);
    await lookAround(window.page);
    await runCommand(window.page, 'Probe: Write Profile');
    while (!existsSync(file)) await delay(100);
    const blocks = hostBlocks(JSON.parse(readFileSync(file, 'utf8')) as Profile, '/dist/extension');
    runs.push(blocks.filter(({ functions }) => !functions.some((name) => name.startsWith('activate '))));
  }
  const best = runs.toSorted((a, b) => (a[0]?.ms ?? 0) - (b[0]?.ms ?? 0))[0] ?? [];
  for (const { ms, functions } of best.slice(0, 8))
    console.log(`  ${ms.toFixed(1)} ms: ${functions.join(', ')}`);
  const ours = best[0]?.ms ?? NaN;
  return { name: 'longest block on the extension host', unit: 'ms', ours, aim: '< 10 ms', met: ours < 10 };
}

/** The extension with the probe among what it needs: so the editor activates the probe before, and all that it loads is seen. */
function afterProbe(cleanup: Cleanup): string {
  const folder = temporaryFolder(cleanup);
  for (const name of ['dist', 'l10n', 'media', 'package.nls.json'])
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as object;
  const probed = { ...manifest, extensionDependencies: ['holdfast-test.probe'] };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(probed));
  return folder;
}

async function lookAround(page: Page): Promise<void> {
  await openContainer(page, 'Holdfast');
  await sessionRows(page).first().waitFor();
  for (const index of [0, 3, 1]) {
    await sessionRows(page).nth(index).click();
    await sessionRows(page).nth(index).and(page.locator('.selected')).waitFor();
  }
  await runCommand(page, 'Holdfast: Open Session');
  await quickRows(page)
    .filter({ hasText: /Session \d/ })
    .first()
    .waitFor();
  await page.keyboard.press('Escape');
  await quickRows(page).first().waitFor({ state: 'detached' });
}
