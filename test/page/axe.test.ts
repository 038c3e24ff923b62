import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { axeFindings } from './support/axe.ts';
import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';
import { agentShowcase, shellShowcase } from './support/showcase.ts';

after(closeBrowser);

for (const theme of ['dark', 'light', 'hc', 'hcLight'] as const) {
  test(`axe finds nothing against the page in the ${theme} theme [U6]`, async () => {
    for (const session of [agentShowcase(), shellShowcase(), failedTurn()]) {
      await using chat = await openChatPage({ theme, width: 480, height: 1400, session });
      await chat.page.locator('.button:enabled, .command-card').first().waitFor();
      await chat.page
        .locator('.card-line[aria-expanded=false]')
        .evaluateAll((folds) => folds.forEach((fold) => (fold as HTMLElement).click()));
      assert.deepEqual(await axeFindings(chat.page), []);
    }
  });
}

/** A turn that failed with its agent, after Markdown that the showcases do not have. */
function failedTurn(): FakeSession {
  const markdown = '> A quote\n\n- [ ] open\n- [x] done\n\n---\n\n## Heading\n\n$a^2$';
  const message = 'Claude Code exited with code 1. The next prompt starts it again.';
  const session = new FakeSession().prompt('Import the tables').say(markdown);
  session.emit('notice', { level: 'warning', text: 'It does not remember what was said before.' });
  const failure = { kind: 'agentFailed', message, stderrTail: 'tide: reading\ntide: no tides here\n' };
  return session.endTurn('failed', { failure });
}

for (const theme of ['hc', 'hcLight'] as const) {
  test(`in the ${theme} theme, what has the focus and what failed differ from every other box by more than a shade [U6]`, async () => {
    await using chat = await openChatPage({ theme, width: 480, session: failedTurn() });
    const styleOf = (selector: string, name: string): Promise<string> =>
      chat.page
        .locator(selector)
        .first()
        .evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name);
    // Parts that come later could take the focus, or stand between.
    for (const name of ['Add to the prompt', 'Edit and Resend'])
      await chat.page.getByRole('button', { name }).waitFor();
    await chat.page.getByRole('textbox', { name: 'Prompt' }).focus();
    assert.equal(await styleOf('.composer-box', 'outline-style'), 'solid');
    await chat.page.getByRole('button', { name: 'Retry' }).focus();
    await chat.page.keyboard.press('Tab');
    assert.equal(await styleOf('.button:focus-visible', 'outline-width'), '2px');
    assert.notEqual(
      await styleOf('.problem', 'border-top-color'),
      await styleOf('.prompt', 'border-top-color'),
    );
  });
}
