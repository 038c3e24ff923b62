import {
  chatFrame,
  notification,
  openContainer,
  quickInput,
  quickRows,
  runCommand,
  sessionRows,
  statusBarItem,
  treeRows,
  webviewFrame,
} from '../support/editor/workbench.ts';
import { setStage, type Cast, type Stage, type Theme } from './stage.ts';

/** What is around the chat: the tree with sessions in all states, the status bar, pickers, the runtime, notifications. */
export async function views(out: string, wanted: readonly Theme[]): Promise<void> {
  await using stage = await setStage({ out, sessions: cast, size: { width: 1360, height: 860 } });
  const { page } = stage;
  await openContainer(page, 'Holdfast');
  await sessionRows(page, 'Show times as 12:30').click();
  await chatFrame(page, 'view').locator('.ask-open').waitFor();
  await statusBarItem(page, /needs? you/u).waitFor();
  for (const theme of wanted) {
    await stage.use(theme);
    await stage.picture(`views-window-${theme}`);
    await hovering(stage, theme);
    await page.keyboard.press('Escape');
    await runCommand(page, 'Holdfast: Switch Session');
    await quickRows(page).nth(4).waitFor();
    await stage.picture(`views-picker-${theme}`);
    await page.keyboard.press('Escape');
  }
  await stage.use(wanted[0] ?? 'dark');
  await stage.zoom(2);
  await stage.picture('views-zoom-200');
  await stage.zoom(1 / 2);
  await page.getByRole('button', { name: /Chat Section/u }).click();
  await treeRows(page, 'Sessions', /^Archived/u).click();
  await sessionRows(page, 'Charts of the old harbour').waitFor();
  await stage.picture('views-tree');
  await runCommand(page, 'Holdfast: Manage Agents');
  await quickRows(page).nth(2).waitFor();
  await stage.picture('views-manage-agents');
  await page.keyboard.press('Escape');
  await runCommand(page, 'Holdfast: New Session with Agent…');
  await quickRows(page).nth(2).waitFor();
  await stage.picture('views-choose-agent');
  await page.keyboard.press('Escape');
  await runCommand(page, 'Holdfast: Search in All Sessions');
  await quickInput(page).fill('tide');
  await quickRows(page).nth(1).waitFor();
  await stage.picture('views-search');
  await page.keyboard.press('Escape');
  await runCommand(page, 'Holdfast: Answer');
  await quickRows(page).nth(1).waitFor();
  await stage.picture('views-answer');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Runtime Section/u }).click();
  await treeRows(page, 'Runtime', /Holdfast runtime/u).waitFor();
  await treeRows(page, 'Runtime').nth(3).waitFor();
  await stage.picture('views-runtime');
  await runCommand(page, 'Holdfast: Get Started');
  await page.getByText('Sessions of coding agents that outlive the window').first().waitFor();
  await webviewFrame(page).locator('svg').waitFor();
  await stage.picture('views-walkthrough');
  const quay = await stage.make('Clear the chart cache', 'example');
  await quay.prompt('Run the tests.');
  await notification(page, /Clear the chart cache/u).waitFor();
  await stage.picture('views-notification');
}

/** The hover of a session. */
async function hovering({ page, picture }: Stage, theme: Theme): Promise<void> {
  await sessionRows(page, 'Compare two harbours').hover();
  await page.locator('.monaco-hover:visible').first().waitFor();
  await picture(`views-hover-${theme}`);
  await page.mouse.move(800, 400);
}

async function cast(cast: Cast): Promise<void> {
  const old = await cast.make('Charts of the old harbour', 'shell', 'true');
  await old.configure({ archived: true });
  const neap = await cast.make('Neap tides in March', 'second', 'When is high water?');
  await neap.configure({ pinned: true, readSeq: neap.cursor.seq });
  const ebb = await cast.make('List the gauges', 'shell', 'ls -la');
  await ebb.configure({ readSeq: ebb.cursor.seq });
  await cast.make('What moves the water', 'second', 'Tell me about the moon.');
  await cast.make('Import last year’s tables', 'example', 'Import the tables of last year.');
  const form = await cast.make('Prepare the release', 'second');
  await cast.begin(form, 'Prepare the release.', 'waiting');
  const compare = await cast.make('Compare two harbours', 'second');
  await cast.begin(compare, 'Compare Brest and Saint-Malo.', 'running');
  const work = await cast.make(
    'Show times as 12:30',
    'example',
    'The tide table shows 12.30 instead of 12:30. Find out why and fix it.',
  );
  await cast.begin(work, 'Now run the tests, and clear the cache.', 'waiting');
  await work.prompt('Then write the changelog entry and commit everything');
}
