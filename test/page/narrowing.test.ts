import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

const sentence = 'The tide comes in twice a day and goes out twice a day, as the moon moves the water. ';

test('where the window becomes narrow, the end of an output and of what is written stays in view, and all lines are offered (U3)', async () => {
  const session = new FakeSession().prompt('Run it');
  const run = session.command('npm test');
  run.print(`${`${sentence}\n`.repeat(13)}the last line\n`);
  run.end(0);
  session.endTurn();
  await using chat = await openChatPage({ session, width: 1400, height: 500, surface: 'editor' });
  const { page } = chat;
  const all = page.getByRole('button', { name: 'Show all lines' });
  const field = page.getByRole('textbox', { name: 'Prompt' });
  await field.fill(sentence.repeat(8));
  assert.equal(await all.count(), 0);
  /** Resolves when an element that cannot show all that is in it shows its end. */
  const showsEnd = (selector: string): Promise<unknown> =>
    page.waitForFunction((wanted) => {
      const element = document.querySelector(wanted);
      if (element === null || element.scrollHeight <= element.clientHeight) return false;
      return element.scrollHeight - element.clientHeight - element.scrollTop <= 1;
    }, selector);
  await page.setViewportSize({ width: 300, height: 500 });
  await all.waitFor();
  await showsEnd('.output');
  await showsEnd('textarea');
  const cut = await field.evaluate((element) => (element.clientHeight - 12) % 18);
  assert.equal(cut, 0, 'no line is cut');
  // A reader who looks at an earlier line stays there.
  await page.locator('.output').evaluate((element) => (element.scrollTop = 40));
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  await page.setViewportSize({ width: 260, height: 500 });
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  assert.equal(await page.locator('.output').evaluate((element) => element.scrollTop), 40);
  await page.setViewportSize({ width: 1400, height: 500 });
  await all.waitFor({ state: 'detached' });
  assert.deepEqual(chat.problems, []);
});
