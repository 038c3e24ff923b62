import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { closeBrowser, openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

/** Whether the page loaded the script that sets formulas. */
function loaded({ page }: ChatPage): Promise<boolean> {
  return page.evaluate(() => document.querySelector('script[src$="math.js"]') !== null);
}

test('formulas are set by a script that only pages with formulas load, and money and shells stay text [U3]', async () => {
  const plain = new FakeSession()
    .prompt('go')
    .say('It costs $5 and $10, or $HOME/$USER, and $a$b.')
    .endTurn();
  await using without = await openChatPage({ session: plain });
  await without.page.getByText('It costs $5 and $10, or $HOME/$USER, and $a$b.').waitFor();
  assert.equal(await loaded(without), false);

  const text =
    'Energy is $E = mc^2$, a root \\(\\sqrt{2}\\).\n\n$$\n\\int_0^1 x\\,dx\n$$\n\n\\[ \\frac{a}{b} \\]\n\nAnd `$code$`.';
  await using chat = await openChatPage({ session: new FakeSession().prompt('go').say(text).endTurn() });
  await chat.page.locator('math mfrac').waitFor();
  assert.equal(await loaded(chat), true);
  assert.equal(await chat.page.locator('.agent-message math').count(), 4);
  assert.equal(await chat.page.locator('.agent-message math[display=block]').count(), 2);
  assert.equal(await chat.page.locator('.agent-message code').innerText(), '$code$');
  assert.equal(await chat.page.locator('math annotation').first().textContent(), 'E = mc^2');
  assert.deepEqual(chat.problems, []);
});

test('a formula that streams in is its source until it is closed [U3]', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session });
  const stream = session.stream('agent', 'First $a$.\n\n$$\nx^2 +');
  await chat.page.locator('math').waitFor();
  await chat.page.getByText('x^2 +').waitFor();
  stream.add(' y^2\n$$\n\nand on');
  await chat.page.locator('math[display=block]').waitFor();
  assert.equal(await chat.page.getByText('$$').count(), 0);
  stream.done();
  assert.deepEqual(chat.problems, []);
});

test('a formula that is not understood stays as it was written, and says why [U3]', async () => {
  const session = new FakeSession().prompt('go').say('$$\n\\frac{a}{\n$$').endTurn();
  await using chat = await openChatPage({ session });
  await chat.page.getByText('This formula cannot be shown:').waitFor();
  assert.match(await chat.page.locator('.formula code').innerText(), /\\frac\{a\}\{/);
  assert.deepEqual(chat.problems, []);
});

test('no formula loads, links, styles or runs anything [S2]', async () => {
  const hostile = [
    '\\href{javascript:alert(1)}{x}',
    '\\url{javascript:alert(1)}',
    '\\includegraphics[height=1em]{https://evil.example/pixel.png}',
    '\\htmlId{app}{x}\\htmlClass{banner}{x}\\htmlStyle{position:fixed}{x}\\htmlData{a=b}{x}',
    '\\text{<img src=x onerror=alert(1)>}',
    '\\text{</annotation><script>alert(1)</script>}',
    '\\color{red;position:fixed}{x}',
    '\\def\\a{\\a\\a}\\a',
    '\\rule{100000em}{100000em}',
    '{'.repeat(2000),
  ];
  const session = new FakeSession().prompt('go').say(hostile.map((tex) => `$$\n${tex}\n$$`).join('\n\n'));
  session.say('The last is $z$.').endTurn();
  await using chat = await openChatPage({ session, height: 1400 });
  await chat.page.locator('math').last().waitFor();
  await chat.page.waitForFunction(
    (count) => document.querySelectorAll('.formula:has(math, .formula-problem)').length === count,
    hostile.length + 1,
  );
  const found = await chat.page.locator('.transcript').evaluate((root) => {
    const elements = [...root.querySelectorAll('.formula *')];
    return {
      names: elements.filter(({ localName }) => /^(script|img|a|mglyph|image|style)$/.test(localName)).length,
      attributes: elements
        .flatMap(({ attributes }) => [...attributes].map(({ name }) => name))
        .filter(
          (name) => /^(on.*|href|src|style|id|class|xlink:href|data-a)$/.test(name) && name !== 'class',
        ),
      widest: Math.max(...elements.map((element) => element.getBoundingClientRect().height)),
    };
  });
  assert.deepEqual({ ...found, widest: found.widest < 5_000 }, { names: 0, attributes: [], widest: true });
  assert.deepEqual(chat.problems, []);
});
