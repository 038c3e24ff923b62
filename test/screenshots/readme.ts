import { chatFrame, openContainer, runCommand, sessionRows } from '../support/editor/workbench.ts';
import { setStage, type Cast } from './stage.ts';

const titles = {
  work: 'Show times as 12:30',
  shell: 'Watch the gauge',
  compare: 'Compare two harbours',
};

/** The picture that the README begins with: sessions in the side bar, one of them in an editor tab, asking. */
export async function readme(out: string): Promise<void> {
  await using stage = await setStage({ out, sessions: cast, size: { width: 1360, height: 900 } });
  const { page } = stage;
  await openContainer(page, 'Holdfast');
  await sessionRows(page, titles.work).click();
  await runCommand(page, 'Holdfast: Open Session in Editor');
  await chatFrame(page, 'panel').locator('.ask-open').waitFor();
  await sessionRows(page, titles.shell).click();
  await chatFrame(page, 'view').getByText('measuring the tide', { exact: true }).waitFor();
  await stage.use('dark');
  await page.mouse.move(900, 5);
  await page.locator('.activitybar .badge').filter({ hasText: '1', visible: true }).waitFor();
  await stage.picture('readme');
}

async function cast(cast: Cast): Promise<void> {
  const old = await cast.make('Neap tides in March', 'second', 'When is high water?');
  await old.configure({ pinned: true, readSeq: old.cursor.seq });
  await cast.make('What moves the water', 'second', 'Tell me about the moon.');
  await cast.make('Import last year’s tables', 'example', 'Import the tables of last year.');
  const compare = await cast.make(titles.compare, 'second');
  await cast.begin(compare, 'Compare Brest and Saint-Malo.', 'running');
  const shell = await cast.make(titles.shell, 'shell', 'node src/main.js 06:10');
  await cast.begin(shell, 'echo "measuring the tide"; sleep 1000', 'running');
  const work = await cast.make(
    titles.work,
    'example',
    'The tide table shows 12.30 instead of 12:30. Find out why and fix it.',
  );
  await cast.begin(work, 'Now run the tests, and clear the cache.', 'waiting');
  await work.prompt('Then write the changelog entry and commit everything');
}
