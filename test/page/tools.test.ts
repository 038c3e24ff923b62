import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { newToolCallId } from '../../src/protocol/ids.ts';
import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

const sha256 = 'a'.repeat(64);

/** Answers `blob/read` from a text. */
const blobs =
  (text: string) =>
  (method: string, params: Record<string, unknown>): unknown => {
    assert.equal(method, 'blob/read');
    const bytes = Buffer.from(text);
    const { offset, length } = params as { offset: number; length: number };
    return { offset, size: bytes.length, data: bytes.subarray(offset, offset + length).toString('base64') };
  };

test('a tool call shows the command it runs inside of itself, live, and nowhere else [U3, A6]', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session, width: 480 });
  const command = session.command('npm test');
  const run = session.envelopes.at(-1)?.event;
  assert.ok(run?.type === 'commandRun.started');
  command.print('first line\n');
  await chat.page.getByRole('region', { name: 'Command: npm test' }).waitFor();
  session.emit('toolCall.started', {
    ...{ toolCallId: newToolCallId(), title: 'Run the tests', kind: 'execute', status: 'in_progress' },
    content: [{ type: 'terminal', terminalId: run.commandRunId }],
  });
  const card = chat.page.getByRole('region', { name: 'Tool call: Run the tests' });
  await card.getByText('first line').waitFor();
  assert.equal(await chat.page.getByRole('region', { name: 'Command: npm test' }).count(), 0);
  command.print('\u001b[31msecond line\u001b[0m\n');
  command.end(1);
  await card.locator('.ansi-fg-1', { hasText: 'second line' }).waitFor();
  await card.getByText('exit code 1').waitFor();
});

test('output that is higher than its box unfolds to all of its lines, and folds again; short output has nothing to unfold (U3)', async () => {
  const session = new FakeSession().prompt('go');
  await using chat = await openChatPage({ session, width: 480 });
  const short = session.command('date');
  short.print('noon\n');
  short.end(0);
  const long = session.command('seq 200');
  long.print(Array.from({ length: 200 }, (_, index) => `line ${index}\n`).join(''));
  const box = chat.page.getByRole('region', { name: 'Output of seq 200' });
  const hides = (): Promise<boolean> =>
    box.evaluate(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight);
  const unfold = chat.page.getByRole('button', { name: 'Show all lines' });
  await unfold.waitFor();
  assert.equal(await unfold.count(), 1);
  assert.equal(await hides(), true);
  await unfold.press('Enter');
  const fold = chat.page.getByRole('button', { name: 'Show less' });
  await fold.waitFor();
  assert.equal(await hides(), false);
  // What comes later is shown as well, and does not fold it.
  long.print('the last line\n');
  await box.getByText('the last line').waitFor();
  assert.equal(await hides(), false);
  await fold.press('Enter');
  await unfold.waitFor();
  assert.equal(await hides(), true);
  const toEnd = await box.evaluate(
    (element) => element.scrollHeight - element.clientHeight - element.scrollTop,
  );
  assert.ok(toEnd <= 1, `${toEnd} pixels from its end`);
});

test('long output is previewed, fetched in pages on demand, and opened as a document [U3]', async () => {
  const whole = `${'x'.repeat(700_000)} the very end`;
  const blob = { sha256, bytes: whole.length };
  const session = new FakeSession().prompt('go').tool({
    ...{ title: 'Look around', kind: 'other' },
    rawInput: { where: 'here' },
    rawOutput: { preview: 'xxxx', blob, format: 'text' },
  });
  await using chat = await openChatPage({ session, answer: blobs(whole) });
  await chat.page.getByRole('button', { name: 'Look around' }).click();
  await chat.page.getByRole('button', { name: 'Open as document' }).click();
  assert.deepEqual(await chat.heard(({ type }) => type === 'openText'), {
    ...{ type: 'openText', name: 'Output.txt', source: { text: 'xxxx', blob } },
  });
  await chat.page.getByRole('button', { name: /^Show all/ }).click();
  await chat.page.getByRole('button', { name: /^Show all/ }).waitFor({ state: 'detached' });
  const shown = await chat.page.getByRole('region', { name: 'Output', exact: true }).innerText();
  assert.ok(shown.length > 500_000 && shown.length < 600_000, `${shown.length} characters: bounded`);
  assert.deepEqual(chat.problems, []);
});

test('pictures are shown with a name, those beside the events on demand, others never [U3, S2]', async () => {
  const pixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const image = (mimeType: string, more = {}): never =>
    ({ type: 'content', content: { type: 'image', data: pixel, mimeType, ...more } }) as never;
  const session = new FakeSession().prompt('go').tool({
    ...{ title: 'Draw', kind: 'other' },
    content: [
      image('image/png'),
      image('image/svg+xml'),
      image('image/png', { data: '', blob: { sha256, bytes: 70 } }),
    ],
  });
  const bytes = Buffer.from(pixel, 'base64').toString('latin1');
  await using chat = await openChatPage({
    session,
    answer: (_, { offset, length }) => ({
      data: Buffer.from(bytes, 'latin1')
        .subarray(Number(offset), Number(offset) + Number(length))
        .toString('base64'),
    }),
  });
  await chat.page.getByRole('button', { name: 'Draw' }).click();
  await chat.page.getByText('is not shown here').waitFor();
  assert.equal(await chat.page.getByRole('img', { name: /^Image/ }).count(), 1);
  await chat.page.getByRole('button', { name: /^Show Image/ }).click();
  await chat.page
    .getByRole('img', { name: /^Image/ })
    .nth(1)
    .waitFor();
  assert.deepEqual(chat.problems, []);
});

test('a long change is cut, has the numbers of its lines, and opens in the editor’s own comparison [U3]', async () => {
  const oldText = Array.from({ length: 120 }, (_, index) => `line ${index}\n`).join('');
  const newText = oldText.replaceAll('line', 'row');
  const session = new FakeSession().prompt('go').tool({
    ...{ title: 'Edit', kind: 'edit' },
    content: [{ type: 'diff', path: '/home/ada/tides/a.js', oldText, newText }],
  });
  await using chat = await openChatPage({ session });
  await chat.page.locator('.diff-line').first().waitFor();
  assert.equal(await chat.page.locator('.diff-line').count(), 40);
  assert.equal(await chat.page.locator('.diff-number').nth(4).getAttribute('data-number'), '5');
  await chat.page.getByRole('button', { name: 'Show 200 more lines' }).click();
  await chat.page.locator('.diff-added', { hasText: 'row 119' }).waitFor();
  await chat.page.getByRole('button', { name: 'Open in editor' }).first().click();
  const opened = await chat.heard(({ type }) => type === 'openDiff');
  assert.ok(opened.type === 'openDiff' && opened.after.text === newText && opened.before.text === oldText);
});

test('what went on while the page was away stands behind a line that says so [U3]', async () => {
  const session = new FakeSession().prompt('go').say('before');
  await using chat = await openChatPage({ session });
  await chat.page.getByText('before').waitFor();
  assert.equal(await chat.page.getByRole('separator').count(), 0);
  await chat.page.waitForFunction(() => /"seen":/.test(sessionStorage.getItem('page state') ?? ''));
  session.onEnvelope = () => {};
  session.say('meanwhile');
  await chat.reload();
  const line = chat.page.getByText('Went on while you were away');
  await line.waitFor();
  await chat.page.getByText('before', { exact: true }).waitFor();
  await chat.page.getByText('meanwhile', { exact: true }).waitFor();
  const order = await chat.page.locator('.transcript').innerText();
  assert.match(order, /before[\s\S]*while you were away[\s\S]*meanwhile/);
});

test('nothing is said to have gone on where the page was lost before its state was kept, as with an editor that is killed [U3]', async () => {
  const session = new FakeSession().prompt('go').say('before');
  await using chat = await openChatPage({ session });
  const kept = (): Promise<string | null> => chat.page.evaluate(() => sessionStorage.getItem('page state'));
  await chat.page.waitForFunction(() => /"seen":/.test(sessionStorage.getItem('page state') ?? ''));
  const old = await kept();
  session.say('seen as well').endTurn();
  await chat.page.getByText('seen as well').waitFor();
  await chat.page.waitForFunction(
    ({ key, seq }) => sessionStorage.getItem('page state')?.includes(`"${key}":${seq}`),
    { key: session.sessionId, seq: session.envelopes.length },
  );
  // What the page keeps as it ends is lost with the editor.
  await chat.page.evaluate(
    (state) => window.addEventListener('pagehide', () => sessionStorage.setItem('page state', state ?? '')),
    old,
  );
  await chat.reload();
  await chat.page.getByText('seen as well').waitFor();
  assert.equal(await chat.page.getByRole('separator').count(), 0);
});

test('the header tells how much of the context is used, and what it cost [U3]', async () => {
  const session = new FakeSession();
  session.emit('usage.updated', {
    ...{ usedTokens: 46_000, windowTokens: 200_000, cost: { amount: 0.42, currency: 'USD' } },
  });
  await using chat = await openChatPage({ session });
  await chat.page.getByRole('meter', { name: 'Context: 46,000 of 200,000 tokens (23 %)' }).waitFor();
  assert.match((await chat.page.locator('.usage').getAttribute('title')) ?? '', /\$0\.42/);
});

test('text that a command colours can be read in every theme, as in the terminal of the editor (U6)', async () => {
  for (const theme of ['dark', 'light', 'hc', 'hcLight'] as const) {
    const session = new FakeSession().prompt('go');
    await using chat = await openChatPage({ session, theme, width: 480 });
    const command = session.command('colours');
    const codes = [30, 31, 32, 33, 34, 35, 36, 37, 90, 91, 92, 93, 94, 95, 96, 97];
    command.print(codes.map((code) => `\u001b[${code}mtext ${code}\u001b[0m\n`).join(''));
    command.print('failed\n', 'stderr');
    await chat.page.getByText('failed', { exact: true }).waitFor();
    const faint = await chat.page.locator('.output span').evaluateAll((spans) => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const luminance = (colour: string): number => {
        if (canvas === null) throw new Error('there is no canvas');
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) =>
          part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = luminance(
        getComputedStyle(spans[0]?.closest('.output') ?? document.body).backgroundColor,
      );
      return spans.flatMap((span) => {
        const text = luminance(getComputedStyle(span).color);
        const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
        return contrast < 4.5 ? [`${span.textContent.trim()}: ${contrast.toFixed(2)}`] : [];
      });
    });
    assert.deepEqual(faint, [], theme);
  }
});
