import { chatFrame, openContainer, runCommand, sessionRows } from '../support/editor/workbench.ts';
import { chatBox, setStage, type Cast, type Stage, type Theme } from './stage.ts';

/** Sessions by what their pictures are called. */
const titles = {
  work: 'Show times as 12:30',
  prose: 'What moves the water',
  failure: 'Import last year’s tables',
  form: 'Prepare the release',
  shell: 'Shell in tides',
};

const widths = [300, 480, 900, 1600];

/** How much of a transcript one picture shows, in pixels. */
const height = 1000;

/** The chat in an editor tab: a rich transcript, in every width. */
export async function chat(out: string, wanted: readonly Theme[]): Promise<void> {
  await using stage = await setStage({ out, sessions: cast, size: { width: 1200, height } });
  const { page } = stage;
  await openContainer(page, 'Holdfast');
  for (const title of Object.values(titles)) {
    await sessionRows(page, title).click();
    await runCommand(page, 'Holdfast: Open Session in Editor');
    await chatFrame(page, 'panel').locator('.header-title').filter({ hasText: title }).waitFor();
  }
  await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
  for (const [name, title] of Object.entries(titles)) {
    await page.getByRole('tab', { name: title }).click();
    await chatFrame(page).locator('.header-title').filter({ hasText: title }).waitFor();
    for (const theme of wanted) {
      await stage.use(theme);
      for (const width of theme === 'dark' ? widths : [480]) {
        await stage.widen(width, height);
        await scrolled(stage, `chat-${name}-${width}-${theme}`);
      }
    }
    await stage.widen(1200, height);
  }
}

/** Pictures of the whole transcript, a screen at a time, from its end upwards. */
async function scrolled(stage: Stage, name: string): Promise<void> {
  const box = await chatBox(stage.page);
  const transcript = chatFrame(stage.page).locator('.transcript');
  await transcript.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  for (let part = 1; part <= 4; part++) {
    await stage.picture(`${name}-${part}`, box);
    const isTop = await transcript.evaluate((element) => {
      const { scrollTop } = element;
      element.scrollBy(0, -element.clientHeight * 0.9);
      return scrollTop === 0;
    });
    if (isTop) break;
  }
}

async function cast(cast: Cast): Promise<void> {
  const work = await cast.make(
    titles.work,
    'example',
    'The tide table shows 12.30 instead of 12:30. Find out why and fix it.',
  );
  await cast.begin(work, 'Now run the tests, and clear the cache.', 'waiting');
  await work.prompt('Then write the changelog entry and commit everything');
  await work.prompt('/review');
  await cast.make(titles.prose, 'second', 'What moves the water? Tell me about the moon.');
  await cast.make(titles.failure, 'example', 'Import the tables of last year.');
  const form = await cast.make(titles.form, 'example');
  await cast.begin(form, 'Prepare the release.', 'waiting');
  const shell = await cast.make(titles.shell, 'shell', 'ls -la', 'node src/main.js 06:10', 'cat tables.csv');
  await cast.begin(shell, 'echo "measuring the tide"; sleep 1000', 'running');
}
