import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { closeBrowser, openChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';

after(closeBrowser);

/** Texts that a page must show without obeying (S2). */
const corpus: readonly string[] = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<img src="https://evil.example/pixel.png">',
  '<svg onload=alert(1)><circle/></svg>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<style>body { display: none }</style>',
  '<link rel=stylesheet href="https://evil.example/a.css">',
  '<base href="https://evil.example/">',
  '<form action="https://evil.example"><button>go</button></form>',
  '<a href="javascript:alert(1)" onclick="alert(1)">raw</a>',
  '<div id="app" class="banner" style="position:fixed;inset:0">gone</div>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '[click](javascript:alert(1))',
  '[click](JaVaScRiPt:alert(1))',
  '[click](data:text/html,<script>alert(1)</script>)',
  '[click](vbscript:msgbox(1))',
  '[click](command:workbench.action.terminal.new)',
  '<javascript:alert(1)>',
  '![x](https://evil.example/pixel.png)',
  '![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)',
  '![x" onerror="alert(1)](https://evil.example/a.png "t\\" onload=\\"alert(1)")',
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '```js class="banner"\n</code></pre><script>alert(1)</script>\n```',
  '`<script>alert(1)</script>`',
  '| a |\n| - |\n| <img src=x onerror=alert(1)> |',
  '- [ ] <input onfocus=alert(1) autofocus>',
  '\u202Egnp.exe\u202C and \u0000 and \uFFFE',
  `${'['.repeat(5000)}`,
  `${'> '.repeat(500)}deep`,
  `${'*a '.repeat(3000)}`,
];

test('hostile text is shown and never obeyed: no script, no request, no element of another kind', async () => {
  const session = new FakeSession().prompt('<img src=x onerror=alert(1)>');
  await using chat = await openChatPage({ session, height: 1000 });
  for (const text of corpus) {
    const stream = session.stream('agent');
    for (let index = 0; index < text.length; index += 7) {
      if (text.length < 200) stream.add(text.slice(index, index + 7));
    }
    if (text.length >= 200) stream.add(text);
    stream.done();
  }
  session.tool(
    {
      title: '<img src=x onerror=alert(1)>',
      kind: 'other',
      content: [{ type: 'content', content: { type: 'text', text: corpus.join('\n\n') } }],
    },
    'failed',
  );
  session.emit('notice', { level: 'error', text: '<script>alert(1)</script>' });
  const command = session.command('echo "<script>alert(1)</script>"');
  command.print(
    '<img src=x onerror=alert(1)>\u001b]8;;javascript:alert(1)\u0007link\u001b]8;;\u0007\u001b[2J\n',
  );
  command.end(0);
  session.say('the end');
  await chat.page.getByText('the end', { exact: true }).waitFor();
  for (const link of await chat.page.locator('.transcript a').all()) await link.click();

  assert.deepEqual(chat.problems, []);
  const found = await chat.page.locator('.transcript').evaluate((root) => {
    const elements = [...root.querySelectorAll('*')];
    return {
      tags: elements
        .map(({ tagName }) => tagName.toLowerCase())
        .filter((tag) => /^(script|style|iframe|object|embed|link|base|meta|svg|math|form)$/.test(tag)),
      handlers: elements
        .flatMap(({ attributes }) => [...attributes].map(({ name }) => name))
        .filter((name) => name.startsWith('on')),
      styled: elements.filter(
        (element) => element.closest('.markdown') !== null && element.hasAttribute('style'),
      ).length,
      ids: elements.filter((element) => element.closest('.markdown') !== null && element.id !== '').length,
      addresses: [...root.querySelectorAll('a[href], img[src]')].map(
        (element) => element.getAttribute('href') ?? element.getAttribute('src') ?? '',
      ),
    };
  });
  assert.deepEqual({ ...found, addresses: [] }, { tags: [], handlers: [], styled: 0, ids: 0, addresses: [] });
  assert.deepEqual(
    found.addresses.filter((address) => /^\s*(javascript|vbscript|data|command):/i.test(address)),
    [],
  );
  await chat.page.getByText('<script>alert(1)</script>').first().waitFor();
});

test('the policy lets no script run but the page’s own, and loads nothing from elsewhere', async () => {
  await using chat = await openChatPage();
  const ran = await chat.page.evaluate(async () => {
    const refused = new Set<string>();
    const both = new Promise<void>((resolve) =>
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        refused.add(effectiveDirective.replace(/-elem$/, ''));
        if (refused.has('script-src') && refused.has('img-src')) resolve();
      }),
    );
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.body.append(script);
    const image = new Image();
    image.src = 'https://evil.example/pixel.png';
    document.body.append(image);
    await both;
    return 'injected' in window;
  });
  assert.equal(ran, false);
  assert.ok(chat.problems.some((problem) => problem.includes('script-src')));
  assert.ok(chat.problems.some((problem) => problem.includes('img-src')));
});
