import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { closeBrowser, openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

const flow = 'flowchart LR\n  a[Ask] --> b{Green?}\n  b -->|no| a\n  b -->|yes| c[Done]';
const sequence = 'sequenceDiagram\n  Window->>Runtime: prompt\n  Runtime-->>Window: events';
const pie = 'pie title Time\n  "Waiting" : 40\n  "Reading" : 35\n  "Writing" : 25';
const mindMap = 'mindmap\n  root((Tides))\n    Sources\n      Moon\n    Tables\n      Harbours\n    Errors';
const fenced = (source: string): string => `\`\`\`mermaid\n${source}\n\`\`\``;

/** A colour that only settings of a source could bring into a picture. */
const foreign = '#0a0b0c';
const init = `{"theme": "base", "themeVariables": {"mainBkg": "${foreign}", "primaryColor": "${foreign}"}}`;
const config = `config:\n  theme: base\n  themeVariables:\n    mainBkg: "${foreign}"\n`;
const small = 'flowchart LR\n  a --> b';
/** Sources that carry settings: plainly, or only once something was taken out of them. */
const settled = [
  `%%{init: ${init}}%%\n${small}`,
  `%%{a%%{b}%%init: ${init}}%%\n${small}`,
  `%%%%{x}%%{init: ${init}}%%\n${small}`,
  `%%%%{%%{x}%%}%%{init: ${init}}%%\n${small}`,
  `%%{init: ${init}`,
  `${small}\n%%{init: ${init}`,
  `%%%}%%x\n%{init: ${init}}%%\n${small}`,
  `---\n${config}---\n${small}`,
  `--- \n${config}---\n${small}`,
  `---\r\n${config.replaceAll('\n', '\r\n')}---\r\n${small}`,
  `  ---\n${config}  ---\n${small}`,
  `---\nx: 1\n---\n---\n${config}---\n${small}`,
  `%%{x}%%---\n${config}---\n${small}`,
];
/** Sources that ask for something, in ways that are not seen at once. */
const disguised = [
  'flowchart LR\n  a --> b\n  style a fill:ur%%{x}%%l(https://evil.example/a.svg#b)',
  'flowchart LR\n  a --> b\n  style a mask-image:image-set("https://evil.example/a.svg" 1x)',
  'flowchart LR\n  a@{ "img": "https://evil.example/pixel.png", label: "x" }',
  'flowchart LR\n  a@{ label: "}", img: "https://evil.example/pixel.png" }',
  'flowchart LR\n  a@{ "\\x69mg": "https://evil.example/pixel.png", label: "x" }',
  'C4Context\n  Person(a, "A")\n  UpdateElementStyle(a, $bgColor="u\\72l(https://evil.example/a.svg#b)")',
];

function saying(...texts: string[]): FakeSession {
  const session = new FakeSession().prompt('Draw it');
  for (const text of texts) session.say(text);
  return session.endTurn();
}

/** The pictures that are drawn, once there are `count`. */
async function drawn({ page }: ChatPage, count: number): Promise<string[]> {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll<HTMLImageElement>('.diagram img')].filter(
        ({ complete, naturalWidth }) => complete && naturalWidth > 0,
      ).length === wanted,
    count,
  );
  return page
    .locator('.diagram img')
    .evaluateAll((images) => images.map((image) => decodeURIComponent((image as HTMLImageElement).src)));
}

for (const theme of ['dark', 'light', 'hc', 'hcLight'] as const) {
  test(`diagrams are drawn in the colours of the ${theme} theme, and axe finds nothing against them [U3, U6]`, async () => {
    const session = saying(`It goes so:\n\n${fenced(flow)}\n\nand $x^2$`, fenced(sequence));
    await using chat = await openChatPage({ session, theme, width: 700, height: 1400 });
    const pictures = await drawn(chat, 2);
    const colour = await chat.page.evaluate(() => {
      const context = document.createElement('canvas').getContext('2d');
      if (context === null) return '';
      context.fillStyle = getComputedStyle(document.body).getPropertyValue('--vscode-foreground');
      return context.fillStyle;
    });
    for (const picture of pictures) assert.ok(picture.includes(colour), `${colour} is in it`);
    assert.ok(pictures[0]?.includes('Green?') && pictures[1]?.includes('Runtime'));
    await chat.screenshot(`diagrams-${theme}`);
    await chat.page.evaluate(axe);
    const found = await chat.page.evaluate(async () => {
      const { violations } = await (
        window as unknown as {
          axe: { run(context: string): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        }
      ).axe.run('.transcript');
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    assert.deepEqual(found, []);
    assert.deepEqual(chat.problems, []);
  });
}

for (const theme of ['dark', 'light', 'hc', 'hcLight'] as const) {
  test(`slices and branches are told apart by colour in the ${theme} theme [U3, U6]`, async () => {
    const session = saying(fenced(pie), fenced(mindMap));
    await using chat = await openChatPage({ session, theme, width: 700, height: 1400 });
    for (const picture of await drawn(chat, 2)) {
      const fills = [...picture.matchAll(/fill[:=]\s*"?(#[0-9a-f]{6})/gi)].map(([, fill = '']) => fill);
      const coloured = fills.filter((fill) => {
        const parts = [1, 3, 5].map((at) => parseInt(fill.slice(at, at + 2), 16));
        return Math.max(...parts) - Math.min(...parts) > 20;
      });
      assert.ok(new Set(coloured).size >= 3, fills.join(' '));
    }
    await chat.screenshot(`diagrams-colours-${theme}`);
    assert.deepEqual(chat.problems, []);
  });
}

test('a diagram is its source until its fence is closed, and its source can be shown and copied after it [U3]', async () => {
  const session = new FakeSession().prompt('Draw it');
  await using chat = await openChatPage({ session, width: 600 });
  const stream = session.stream('agent', '```mermaid\nflowchart LR\n  a --> b\n');
  await chat.page.locator('.code-block code', { hasText: 'a --> b' }).waitFor();
  assert.equal(await chat.page.locator('script[src$="diagrams.js"]').count(), 0);
  stream.add('```\n\nand on');
  await drawn(chat, 1);
  await chat.page.locator('.code-block code').waitFor({ state: 'hidden' });
  await chat.page.getByRole('button', { name: 'Copy code' }).click();
  const copied = await chat.heard(({ type }) => type === 'copy');
  assert.equal(copied.type === 'copy' && copied.text, 'flowchart LR\n  a --> b\n');
  await chat.page.getByRole('button', { name: 'Show source' }).click();
  await chat.page.locator('.code-block code', { hasText: 'a --> b' }).waitFor();
  await chat.page.locator('.diagram').waitFor({ state: 'hidden' });
  stream.done();
  assert.deepEqual(chat.problems, []);
});

test('a diagram that cannot be drawn stays its source, with a line that says why [U3]', async () => {
  const ends = (name: string): string => Array.from({ length: 20 }, (_, at) => `${name}${at}`).join(' & ');
  const many = `${ends('a')} --> ${ends('b')}`;
  const session = saying(fenced('flowchart LR\n  a --> ((('), fenced(`flowchart LR\n${many}`), fenced(flow));
  await using chat = await openChatPage({ session, width: 600, height: 1200 });
  await drawn(chat, 1);
  const problems = chat.page.getByText('This diagram cannot be drawn:');
  await problems.nth(1).waitFor({ state: 'attached' });
  assert.equal(await problems.count(), 2);
  await chat.page.locator('.code-block code', { hasText: 'a --> (((' }).waitFor();
  assert.deepEqual(chat.problems, []);
});

test('a diagram that fails and then can be drawn, or the other way round, has what belongs to what it is now [U3]', async () => {
  await using chat = await openChatPage({ session: saying(fenced('flowchart LR\n  a --> (((')), width: 600 });
  const become = (source: string): Promise<void> =>
    chat.page.evaluate((text) => {
      const code = document.querySelector('.code-block code');
      if (code !== null) code.textContent = text;
      document.body.classList.toggle('another-theme');
    }, source);
  const block = chat.page.locator('.code-block');
  const problem = block.locator('.diagram-problem');
  const button = block.getByRole('button', { name: 'Show source' });
  await problem.waitFor();
  assert.equal(await button.count(), 0);
  for (let round = 0; round < 2; round++) {
    await become(flow);
    await drawn(chat, 1);
    await problem.waitFor({ state: 'detached' });
    await block.locator('pre').waitFor({ state: 'hidden' });
    assert.equal(await button.count(), 1);
    await button.click();
    await block.locator('pre').waitFor();
    await block.locator('.diagram').waitFor({ state: 'hidden' });
    if (round === 0) await button.click();
    await become('flowchart LR\n  b --> (((');
    await problem.waitFor();
    await block.locator('pre').waitFor();
    assert.equal(await button.count(), 0);
    assert.equal(await block.locator('.diagram').count(), 0);
  }
  assert.equal(await problem.count(), 1);
  assert.deepEqual(chat.problems, []);
});

test('diagrams that nobody is near are drawn when a reader comes [U3]', async () => {
  const between = Array.from({ length: 120 }, (_, at) => `paragraph ${at}`);
  const session = saying([fenced(flow), ...between, fenced(sequence)].join('\n\n'));
  await using chat = await openChatPage({ session, width: 600 });
  const blocks = chat.page.locator('.code-block');
  await blocks.nth(1).locator('.diagram img').waitFor();
  assert.equal(await blocks.first().locator('.diagram').count(), 0);
  await blocks.first().scrollIntoViewIfNeeded();
  await blocks.first().locator('.diagram img').waitFor();
  assert.deepEqual(chat.problems, []);
});

test('diagrams are drawn anew when the theme changes [U3]', async () => {
  await using chat = await openChatPage({ session: saying(fenced(flow)), width: 600 });
  const [before] = await drawn(chat, 1);
  await chat.page.evaluate(() => {
    document.documentElement.style.setProperty('--vscode-foreground', '#123456');
    document.body.classList.add('another-theme');
  });
  await chat.page.waitForFunction(() =>
    decodeURIComponent(document.querySelector<HTMLImageElement>('.diagram img')?.src ?? '').includes(
      '#123456',
    ),
  );
  assert.ok(before !== undefined && !before.includes('#123456'));
});

test('no diagram loads, links, styles or runs anything, and nothing of it stands in the page [S2]', async () => {
  const hostile = [
    'flowchart LR\n  a[x] --> b\n  click a "javascript:alert(1)"\n  click b call alert(1)',
    'flowchart LR\n  a["<img src=x onerror=alert(1)>"] --> b["<script>alert(1)</script>"]',
    'flowchart LR\n  a["<a href=\'javascript:alert(1)\'>x</a>"] --> b["<iframe src=\'https://evil.example\'></iframe>"]',
    'flowchart LR\n  a@{ img: "https://evil.example/pixel.png", label: "x" }',
    'flowchart LR\n  a --> b\n  style a fill:url(https://evil.example/a.svg#b)',
    'flowchart LR\n  a --> b\n  classDef x mask-image:u\\72l(https://evil.example/a.svg)\n  class a x',
    '%%{init: {"securityLevel": "loose", "themeCSS": "* { position: fixed } @import url(https://evil.example/a.css)"}}%%\nflowchart LR\n  a --> b',
    '%%{init: {"themeCSS": "body { display: none }", "flowchart": {"htmlLabels": true}}}%%\nflowchart LR\n  a --> b',
    '---\nconfig:\n  securityLevel: loose\n  htmlLabels: true\n---\nflowchart LR\n  a["<b onclick=alert(1)>x</b>"] --> b',
    'sequenceDiagram\n  participant A\n  link A: x @ javascript:alert(1)\n  A->>A: <img src=x onerror=alert(1)>',
    'classDiagram\n  class A\n  link A "javascript:alert(1)"\n  callback A "alert"',
    'gantt\n  title <script>alert(1)</script>\n  section a\n  b :a1, 2024-01-01, 1d\n  click a1 href "javascript:alert(1)"',
    `flowchart LR\n${'subgraph a\n'.repeat(3000)}`,
    ...disguised,
  ];
  const session = saying(...hostile.map(fenced), fenced(flow));
  await using chat = await openChatPage({ session, width: 600, height: 1400 });
  await chat.page.waitForFunction(
    () => document.querySelectorAll('.code-block:last-child .diagram, .diagram').length > 0,
  );
  const blocks = chat.page.locator('.code-block');
  for (let index = 0; index < hostile.length + 1; index++) {
    await blocks.nth(index).scrollIntoViewIfNeeded();
    await blocks.nth(index).locator('.diagram img, .diagram-problem').first().waitFor();
  }
  const found = await chat.page.evaluate(() => ({
    made: document.querySelectorAll('svg, script:not([src]), iframe, style, .diagram a').length,
    stages: document.querySelectorAll('.diagram-stage').length,
    handlers: [...document.querySelectorAll('.transcript *')].filter((element) =>
      element.getAttributeNames().some((name) => name.startsWith('on')),
    ).length,
    pictures: [...document.querySelectorAll<HTMLImageElement>('.diagram img')].filter(
      ({ src }) => !src.startsWith('data:image/svg+xml;utf8,'),
    ).length,
    visible: getComputedStyle(document.body).display,
  }));
  assert.deepEqual(found, { made: 0, stages: 0, handlers: 0, pictures: 0, visible: 'block' });
  // What the policy refuses, it also says; nothing may run, ask or load.
  assert.deepEqual(
    chat.problems.filter((problem) => !problem.startsWith('console:')),
    [],
  );
});

test('no settings of a source reach its picture, however they are put together [S2]', async () => {
  await using chat = await openChatPage({
    session: saying(...settled.map(fenced)),
    width: 600,
    height: 1400,
  });
  const blocks = chat.page.locator('.code-block');
  for (const [index, source] of settled.entries()) {
    await blocks.nth(index).scrollIntoViewIfNeeded();
    await blocks.nth(index).locator('.diagram img, .diagram-problem').first().waitFor();
    const pictures = await blocks
      .nth(index)
      .locator('.diagram img')
      .evaluateAll((images) => images.map((image) => decodeURIComponent((image as HTMLImageElement).src)));
    assert.ok(!pictures.some((picture) => picture.includes(foreign)), source);
  }
  await drawn(chat, await chat.page.locator('.diagram').count());
});
