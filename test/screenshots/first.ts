import { chatFrame, openContainer, quickRows } from '../support/editor/workbench.ts';
import { setStage, type Theme } from './stage.ts';

/** What a newcomer sees: nothing yet, the choice of an agent, a fresh session; and a window in Restricted Mode. */
export async function first(out: string, wanted: readonly Theme[]): Promise<void> {
  {
    await using stage = await setStage({ out });
    const { page } = stage;
    await openContainer(page, 'Holdfast');
    const begin = chatFrame(page, 'view').getByRole('button', { name: 'New Session' });
    await begin.waitFor();
    await page.getByText('No sessions yet').first().waitFor();
    for (const theme of wanted) {
      await stage.use(theme);
      await stage.picture(`first-empty-${theme}`);
    }
    await begin.click();
    await quickRows(page).first().waitFor();
    await stage.picture('first-agents');
    await quickRows(page).filter({ hasText: 'Shell' }).first().click();
    await chatFrame(page, 'view').locator('.fresh').waitFor();
    await stage.picture('first-fresh');
  }
  await using stage = await setStage({ out, trust: false });
  const { page } = stage;
  await openContainer(page, 'Holdfast');
  await page.getByText('This window is in Restricted Mode').first().waitFor();
  await chatFrame(page, 'view').getByText('Restricted Mode').first().waitFor();
  await stage.picture('first-restricted');
}
