import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import type { Envelope } from '../../src/protocol/events.ts';
import { HoldfastError } from '../../src/protocol/errors.ts';
import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';
import { agentShowcase, shellShowcase } from './support/showcase.ts';

after(closeBrowser);

test('text appears while it streams, and finished blocks are not rendered again', async () => {
  const session = new FakeSession().prompt('Tell me');
  await using chat = await openChatPage({ session });
  const stream = session.stream('agent', 'First **paragraph**.');
  await chat.page.getByText('First paragraph.').waitFor();
  stream.add('\n\nSecond');
  await chat.page.getByText('Second', { exact: true }).waitFor();
  await chat.page
    .locator('.agent-message p')
    .first()
    .evaluate((element) => element.setAttribute('data-mark', ''));
  stream.add(' one\n\n```js\nconst a = 1;\n');
  stream.add('const b = 2;\n');
  await chat.page.locator('.code-block code', { hasText: 'const b = 2;' }).waitFor();
  stream.add('```\n\nEnd.');
  stream.done();
  await chat.page.getByText('End.').waitFor();
  assert.equal(
    await chat.page.locator('.agent-message p').first().getAttribute('data-mark'),
    '',
    'the first paragraph stayed',
  );
  assert.equal(await chat.page.locator('.code-block').count(), 1);
  assert.equal(await chat.page.locator('.agent-message strong').innerText(), 'paragraph');
  assert.deepEqual(chat.problems, []);
});

test('a streamed message looks like the same message loaded whole', async () => {
  const text =
    '# Title\n\n- one\n- two\n\n  more of two\n\n1. a\n\n```sh\nnpm test\n```\n\n> quote\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n[late]: https://example.com\n';
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session });
  const stream = session.stream('agent');
  for (let index = 0; index < text.length; index += 3) stream.add(text.slice(index, index + 3));
  stream.done();
  session.endTurn();
  await chat.page.getByText('Completed ·').waitFor();
  const shape = (): Promise<string> =>
    chat.page.locator('.agent-message .markdown').evaluate((element) =>
      [...element.children]
        .map((part) => part.innerHTML)
        .join('')
        .replace(/\s+/g, ' '),
    );
  const streamed = await shape();
  await chat.reload();
  await chat.page.getByText('Completed ·').waitFor();
  assert.match(streamed, /<table>/);
  assert.equal(streamed, await shape());
});

test('a snapshot after a reload shows what the live events had shown', async () => {
  const session = new FakeSession();
  await using chat = await openChatPage({ session, height: 1200 });
  session.prompt('Do it').say('Thinking of it', 'thought').say('Done **it**.');
  session.tool({ title: 'Read a.js', kind: 'read', locations: [{ path: '/home/ada/tides/a.js' }] });
  const command = session.command('npm test');
  command.print('fine\n');
  command.end(0);
  session.endTurn();
  const text = async (): Promise<string> => {
    await chat.page.getByText('Completed ·').waitFor();
    // What is near the reader is laid out, and has a text, a frame later.
    await chat.page.getByText('fine').waitFor();
    return chat.page.locator('.transcript').innerText();
  };
  const live = await text();
  await chat.reload();
  assert.equal(await text(), live);
});

test('envelopes that were seen already change nothing, and a gap asks for everything anew', async () => {
  const session = new FakeSession().prompt('go');
  const stream = session.stream('agent', 'one ');
  await using chat = await openChatPage({ session });
  session.onEnvelope = () => {};
  stream.add('two ');
  stream.add('three ');
  const [second, third] = session.envelopes.slice(-2);
  assert.ok(second && third);
  const { sessionId } = session;
  await chat.send({ type: 'events', sessionId, envelopes: [second] });
  await chat.send({ type: 'events', sessionId, envelopes: [second, second] });
  await chat.page.getByText('one two', { exact: true }).waitFor();
  stream.add('four');
  const fourth = session.envelopes.at(-1);
  assert.ok(fourth);
  await chat.send({ type: 'events', sessionId, envelopes: [fourth] });
  await chat.page.getByText('one two three four', { exact: true }).waitFor();
  assert.equal(chat.said.filter(({ type }) => type === 'ready').length, 2);
});

test('a turn shows its prompt as its heading, and how it ended and how long it took', async () => {
  const session = new FakeSession()
    .prompt('Break it')
    .say('No.')
    .endTurn('failed', {
      failure: { kind: 'agentFailed', message: 'The agent stopped: out of tokens' },
    });
  await using chat = await openChatPage({ session });
  await chat.page.getByRole('heading', { name: 'Prompt: Break it' }).waitFor();
  await chat.page.getByText(/^Failed · \d+(\.\d)? s$/).waitFor();
  await chat.page.getByText('The agent stopped: out of tokens').waitFor();
});

test('a turn whose beginning is not loaded still shows that it runs, and how it ended', async () => {
  const session = new FakeSession().prompt('Long');
  for (let index = 0; index < 12; index++) session.say(`message ${index}`);
  await using chat = await openChatPage({
    session: Object.assign(session),
    tail: 5,
    answer: () => ({ items: [], more: false }),
  });
  await chat.page.locator('.turn-end').getByText('Working').waitFor();
  session.endTurn('cancelled');
  await chat.page.locator('.turn-end').getByText('Cancelled').waitFor();
});

test('a tool card shows its places and its diff, and opens them in the editor', async () => {
  await using chat = await openChatPage({ session: agentShowcase(), height: 1600 });
  await chat.page.locator('.diff-added', { hasText: '`${hours}:${minutes}`' }).waitFor();
  await chat.page.locator('.diff-removed', { hasText: '`${hours}.${minutes}`' }).waitFor();
  await chat.page.getByRole('button', { name: 'Read src/tides.js' }).click();
  await chat.page.getByRole('button', { name: 'src/tides.js:12' }).click();
  const opened = await chat.heard(({ type }) => type === 'openLocation');
  assert.deepEqual(opened, { type: 'openLocation', path: '/home/ada/tides/src/tides.js', line: 12 });
});

test('a command shows its output with colours, rewritten lines, errors and its exit code', async () => {
  const session = shellShowcase();
  await using chat = await openChatPage({ session, height: 1200 });
  await chat.page.getByRole('region', { name: 'Command: npm test' }).getByText('exit code 1').waitFor();
  assert.equal(
    await chat.page.locator('.ansi-fg-2').first().innerText(),
    '✔ a time is two digits, a colon, two digits (1.2ms)',
  );
  assert.match(await chat.page.locator('.stderr').innerText(), /expected 00:00/);
  const watching = chat.page.getByRole('region', { name: 'Output of npm run watch' });
  assert.equal((await watching.innerText()).trim(), 'built in 132 ms\nwatching for changes');
  const command = session.command('yes');
  for (let index = 0; index < 40; index++) command.print(`${index} ${'x'.repeat(10_000)}\n`);
  command.print('the very end\n');
  command.end(0);
  const output = chat.page.getByRole('region', { name: 'Output of yes' });
  await output.getByText('the very end').waitFor();
  await output.getByText(/characters left out/).waitFor();
  assert.ok((await output.innerText()).length < 220_000, 'what is shown is bounded');
});

test('code is copied, and links are handed to the extension', async () => {
  const session = new FakeSession()
    .prompt('go')
    .say('[there](https://example.com/a)\n\n[file](src/tides.js:3)\n\n```js\nlet a;\n```');
  await using chat = await openChatPage({ session });
  await chat.page.getByRole('button', { name: 'Copy code' }).click();
  assert.deepEqual(await chat.heard(({ type }) => type === 'copy'), { type: 'copy', text: 'let a;\n' });
  await chat.page.getByRole('link', { name: 'there' }).click();
  assert.deepEqual(await chat.heard(({ type }) => type === 'openLink'), {
    type: 'openLink',
    href: 'https://example.com/a',
  });
  await chat.page.getByRole('link', { name: 'file' }).click();
  await chat.heard((message) => message.type === 'openLink' && message.href === 'src/tides.js:3');
  assert.equal(new URL(chat.page.url()).pathname, '/', 'the page stayed where it is');
});

test('the live region speaks whole sentences for live events, and none for what was there', async () => {
  const session = new FakeSession().prompt('go').say('hello').endTurn();
  await using chat = await openChatPage({ session });
  const region = chat.page.locator('[data-live-region]');
  assert.equal(await region.textContent(), '');
  session.prompt('more');
  session.ask({ kind: 'permission', title: 'Delete everything', options: [] });
  await region.getByText('Permission needed: Delete everything.').waitFor({ state: 'attached' });
  session.endTurn('cancelled');
  await region
    .getByText(/^The turn was cancelled after (less than )?[\d.]+ \w+.*\.$/)
    .waitFor({ state: 'attached' });
});

test('a sentence that comes again is spoken again, and so is each of those that come together (U6)', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session });
  const spoken = chat.page.locator('[data-live-region] > div');
  const envelopes: Envelope[] = [];
  session.onEnvelope = (envelope) => void envelopes.push(envelope);
  for (const title of ['Run it', 'Run it', 'Then that'])
    session.ask({ kind: 'permission', title, options: [] });
  await chat.send({ type: 'events', sessionId: session.sessionId, envelopes });
  await spoken.nth(2).waitFor({ state: 'attached' });
  assert.deepEqual(await spoken.allTextContents(), [
    'Permission needed: Run it.',
    'Permission needed: Run it.',
    'Permission needed: Then that.',
  ]);
  envelopes.length = 0;
  for (let call = 0; call < 30; call++)
    session.ask({ kind: 'permission', title: `Call ${call}`, options: [] });
  await chat.send({ type: 'events', sessionId: session.sessionId, envelopes });
  await spoken.filter({ hasText: 'Call 29' }).waitFor({ state: 'attached' });
  assert.equal(await spoken.count(), 5);
});

test('what takes long to render is rendered less often while it grows, and at once when it is done [U3]', async () => {
  const session = new FakeSession().prompt('List all');
  await using chat = await openChatPage({ session });
  const stream = session.stream('agent', '- item 0\n');
  await chat.page.locator('.markdown li').waitFor();
  const rendered = await chat.page.locator('.markdown:has(li)').evaluateHandle((element) => {
    // Whatever is looked at takes half a second.
    let now = performance.now();
    performance.now = () => (now += 500);
    const seen = { count: 0 };
    new MutationObserver(() => seen.count++).observe(element, { childList: true, subtree: true });
    return seen;
  });
  for (let item = 1; item <= 40; item++) {
    stream.add(`- item ${item}\n`);
    await chat.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  assert.ok((await rendered.evaluate(({ count }) => count)) <= 20);
  stream.done();
  await chat.page.locator('.markdown li', { hasText: 'item 40' }).waitFor();
  assert.equal(await chat.page.locator('.markdown li').count(), 41);
});

test('a message that is very long is there in parts, its beginning at once, and whole in the end [U3]', async () => {
  const paragraphs = Array.from({ length: 3_000 }, (_, at) => `Paragraph ${at} ${'of words '.repeat(6)}`);
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session, width: 480 });
  await chat.page.evaluate(() => {
    const look = new MutationObserver(() => {
      const { length } = document.querySelectorAll('.agent-message p');
      if (length === 0) return;
      look.disconnect();
      document.body.dataset['first'] = String(length);
    });
    look.observe(document.body, { childList: true, subtree: true });
  });
  session.say([...paragraphs, '```js\nconst last = 1;\n```', 'The end'].join('\n\n')).endTurn();
  await chat.page.getByText('The end', { exact: true }).waitFor();
  await chat.page.locator('code[data-coloured] span', { hasText: 'const' }).waitFor();
  const first = Number(await chat.page.evaluate(() => document.body.dataset['first']));
  assert.ok(first > 0 && first < 1_500, `${first} paragraphs at once`);
  const texts = await chat.page.locator('.agent-message p').allTextContents();
  assert.deepEqual(
    texts.map((text) => text.trim()),
    [...paragraphs.map((text) => text.trim()), 'The end'],
  );
  assert.deepEqual(chat.problems, []);
});

test('what was searched for is led to also where the connection is lost on the way, and nothing is left waiting where it cannot be (U3, U5)', async () => {
  for (const losses of [3, Infinity]) {
    const session = new FakeSession();
    for (let turn = 1; turn <= 120; turn++)
      session.prompt(`Prompt ${turn}`).say('Line\n\n'.repeat(20)).endTurn();
    const { history } = session;
    let lost = 0;
    session.history = (params) => {
      if (params.limit === 500 && lost++ < losses)
        throw new HoldfastError('connectionLost', 'the connection was lost');
      return history.call(session, params);
    };
    await using chat = await openChatPage({ session, tail: 3 });
    const wanted = [...session.state.items.values()].find(
      (item) => item.kind === 'message' && JSON.stringify(item.content).includes('"Prompt 2"'),
    );
    assert.ok(wanted !== undefined);
    const { itemId, position } = wanted;
    await chat.send({ type: 'reveal', deliveryId: 1, sessionId: session.sessionId, itemId, position });
    await chat.heard((message) => message.type === 'took' && message.deliveryId === 1);
    if (losses === 3) await chat.page.getByText('Prompt 2', { exact: true }).waitFor();
    assert.deepEqual(chat.problems, []);
  }
});

test('very long tables, lists and paragraphs show how they begin, and more of them when that is wished (U3)', async () => {
  const rows = Array.from({ length: 1_200 }, (_, index) => `| row ${index} | **${index}** |`);
  const items = rows.map((_, index) => `${index + 1}. item`);
  const long = 'the *tide* comes in '.repeat(2_000);
  const session = new FakeSession()
    .prompt('go')
    .say(`${long}\n\n| a | b |\n| - | - |\n${rows.join('\n')}\n\n${items.join('\n')}\n\nthe end`);
  await using chat = await openChatPage({ session });
  await chat.page.getByText('the end').waitFor();
  const [shown, listed] = ['tbody tr', 'li'].map((part) => chat.page.locator(`.agent-message ${part}`));
  assert.ok(shown !== undefined && listed !== undefined);
  assert.deepEqual([await shown.count(), await listed.count()], [500, 500]);
  const more = chat.page.getByRole('button', { name: 'Show 500 more of 700 that follow' });
  await more.first().click();
  assert.deepEqual([await shown.count(), await listed.count()], [1_000, 500]);
  await more.click();
  assert.deepEqual([await shown.count(), await listed.count()], [1_000, 1_000]);
  const rest = chat.page.getByRole('button', { name: 'Show 200 more of 200 that follow' });
  await rest.first().press('Enter');
  await rest.click();
  assert.deepEqual([await shown.count(), await listed.count()], [1_200, 1_200]);
  assert.equal(await shown.last().locator('strong').innerText(), '1199');
  const emphasised = chat.page.locator('.agent-message em');
  assert.ok((await emphasised.count()) < 1_500, 'a part of the paragraph');
  await chat.page.getByRole('button', { name: /^Show more \(\d+ characters follow\)$/ }).click();
  assert.equal(await emphasised.count(), 2_000);
  assert.deepEqual(chat.problems, []);
});

test('whoever has more shown of what is very long reads on where its button was, in colour too (U6, U3)', async () => {
  const items = Array.from({ length: 501 }, (_, index) => `- item ${index}`);
  const code = '  ```ts\n  const tide = 1;\n  ```';
  const rows = Array.from({ length: 501 }, (_, index) => `| row ${index} |`);
  const long = `${'the tide comes in '.repeat(1_500)}**ebb**`;
  const session = new FakeSession()
    .prompt('go')
    .say(`${long}\n\n| a |\n| - |\n${rows.join('\n')}\n\n${items.join('\n')}\n\n${code}\n\nthe end`);
  await using chat = await openChatPage({ session });
  await chat.page.getByText('the end').waitFor();
  const pressed = async (name: RegExp): Promise<string> => {
    await chat.page.getByRole('button', { name }).first().press('Enter');
    return chat.page.evaluate(
      () => `${document.activeElement?.tagName} ${document.activeElement?.textContent}`,
    );
  };
  assert.match(await pressed(/^Show more/), /^SPAN [a-z ]+$/);
  assert.equal(await pressed(/^Show 1 more/), 'TR row 500');
  assert.match(await pressed(/^Show 1 more/), /^LI item 500/);
  await chat.page.locator('li [data-language=ts] [class^=hljs-]').first().waitFor();
  assert.deepEqual(chat.problems, []);
});
