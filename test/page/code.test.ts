import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

test('code is coloured by a second script that only pages with code load, and its text stays what it was [U3, S2]', async () => {
  const code = 'const a = "<b>&amp;"; // note\n';
  const session = new FakeSession().prompt('go').say('no code here');
  await using chat = await openChatPage({ session });
  const loaded = (): Promise<number> =>
    chat.page.evaluate(() => document.querySelectorAll('script[src$="highlight.js"]').length);
  await chat.page.getByText('no code here').waitFor();
  assert.equal(await loaded(), 0);
  session.say(`\`\`\`ts\n${code}\`\`\``).say('```nosuchlanguage\nplain\n```');
  await chat.page.locator('.hljs-keyword', { hasText: 'const' }).waitFor();
  await chat.page.locator('.hljs-comment', { hasText: '// note' }).waitFor();
  assert.equal(await loaded(), 1);
  assert.equal(await chat.page.locator('code[data-language=ts]').textContent(), code);
  assert.equal(await chat.page.locator('code[data-language=nosuchlanguage]').innerText(), 'plain\n');
  assert.deepEqual(chat.problems, []);
});

test('code can be put at the cursor and into the file that it names [U3]', async () => {
  const session = new FakeSession().prompt('go').say('```ts title="src/tides.ts"\nlet a;\n```');
  await using chat = await openChatPage({ session });
  await chat.page.getByRole('button', { name: 'Insert at cursor' }).click();
  assert.deepEqual(await chat.heard(({ type }) => type === 'insertCode'), {
    ...{ type: 'insertCode', code: 'let a;\n' },
  });
  await chat.page.getByRole('button', { name: 'Apply to file' }).click();
  assert.deepEqual(await chat.heard(({ type }) => type === 'applyCode'), {
    ...{ type: 'applyCode', code: 'let a;\n', file: 'src/tides.ts' },
  });
});
