import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import type { ComposerAsk, Mention } from '../../src/protocol/composer.ts';
import type { FromPage } from '../../src/protocol/page.ts';
import { axeFindings } from './support/axe.ts';
import { closeBrowser, openChatPage, type ChatPage } from './support/chatPage.ts';
import { FakeSession } from './support/fakeSession.ts';
import { agentShowcase } from './support/showcase.ts';

after(closeBrowser);

const files: readonly Mention[] = [
  { kind: 'file', name: 'src/tides.js', uri: 'file:///home/ada/tides/src/tides.js' },
  { kind: 'folder', name: 'src/', uri: 'file:///home/ada/tides/src' },
];

/** What an editor would answer. */
function ask(question: ComposerAsk): unknown {
  switch (question.kind) {
    case 'files':
      return question.query === 'zzz' ? [] : files;
    case 'symbols':
      return [
        {
          kind: 'symbol',
          name: 'formatTime',
          detail: 'src/tides.js:4',
          ...{ uri: 'file:///home/ada/tides/src/tides.js', from: 4, to: 8 },
        },
      ];
    case 'dropped':
      return files.slice(0, question.uris.length);
    case 'pick':
      return { mentions: files.slice(0, 1), images: [], tooLarge: ['huge.png'] };
    case 'content':
      return undefined;
  }
}

const prompted = async (chat: ChatPage): Promise<Record<string, unknown>> => {
  const sent = await chat.heard(
    (message) => message.type === 'request' && message.method === 'session/prompt',
  );
  return sent.type === 'request' ? sent.params : {};
};
const configured = (chat: ChatPage): Promise<FromPage> =>
  chat.heard((message) => message.type === 'request' && message.method === 'session/configure');

test('the agent’s commands are offered after a slash, filtered as one types, and taken with the keyboard (U3)', async () => {
  const session = new FakeSession();
  session.emit('commands.updated', {
    commands: [
      { name: 'compact', description: 'Make room' },
      { name: 'review', description: 'Review a change', hint: 'file' },
      { name: 'resume', description: 'Go on' },
    ],
  });
  await using chat = await openChatPage({ session });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await composer.pressSequentially('/re');
  const list = chat.page.getByRole('listbox', { name: 'Commands of the agent' });
  await list.getByRole('option').nth(1).waitFor();
  assert.deepEqual(await list.locator('.popup-name').allInnerTexts(), ['/review file', '/resume']);
  await composer.press('ArrowDown');
  const active = await composer.getAttribute('aria-activedescendant');
  assert.equal(await chat.page.locator('[role=option][aria-selected=true]').getAttribute('id'), active);
  await composer.press('ArrowUp');
  await composer.press('Tab');
  assert.equal(await composer.inputValue(), '/review ');
  await list.waitFor({ state: 'detached' });
  await composer.fill('not at the beginning /re');
  assert.equal(await list.count(), 0);
});

test('Escape closes the list and keeps the text; the running turn goes on (U3)', async () => {
  const session = new FakeSession().prompt('work');
  session.emit('commands.updated', { commands: [{ name: 'compact', description: '' }] });
  await using chat = await openChatPage({ session });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await composer.pressSequentially('/co');
  await chat.page.getByRole('option', { name: '/compact' }).waitFor();
  await composer.press('Escape');
  await chat.page.getByRole('listbox').waitFor({ state: 'detached' });
  assert.equal(await composer.inputValue(), '/co');
  assert.equal(
    chat.said.some(({ type }) => type === 'request'),
    false,
  );
});

test('a file and a symbol are mentioned, become chips, and go with the prompt as links (U3)', async () => {
  await using chat = await openChatPage({ session: new FakeSession(), ask });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await composer.pressSequentially('Fix @tid');
  await chat.page.getByRole('option', { name: 'src/tides.js', exact: true }).waitFor();
  await composer.press('Enter');
  await chat.page.getByRole('listitem').filter({ hasText: 'src/tides.js' }).waitFor();
  await composer.pressSequentially('where @form');
  await chat.page.getByRole('option', { name: /formatTime/ }).click();
  await chat.page.getByRole('list', { name: 'Attached' }).getByRole('listitem').nth(1).waitFor();
  await composer.pressSequentially('rounds');
  await composer.press('Enter');
  const uri = 'file:///home/ada/tides/src/tides.js';
  assert.deepEqual(await prompted(chat), {
    content: [
      { type: 'text', text: 'Fix @src/tides.js where @formatTime rounds' },
      { type: 'resource_link', uri, name: 'src/tides.js' },
      { type: 'resource_link', uri: `${uri}#L4-L8`, name: 'formatTime' },
    ],
  });
  assert.equal(await chat.page.getByRole('list', { name: 'Attached' }).count(), 0);
});

test('a mention goes when its chip or its name in the text goes, and outlives the page (U3)', async () => {
  await using chat = await openChatPage({ session: new FakeSession(), ask });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await composer.pressSequentially('@tid');
  await chat.page.getByRole('option', { name: 'src/tides.js', exact: true }).click();
  const chips = chat.page.getByRole('list', { name: 'Attached' });
  await chips.waitFor();
  await chat.reload();
  await chips.waitFor();
  await chat.page.getByRole('button', { name: 'Remove: src/tides.js' }).click();
  await chips.waitFor({ state: 'detached' });
  assert.equal((await composer.inputValue()).trim(), '');
});

test('nothing that fits is said so, and Enter then sends (U3)', async () => {
  await using chat = await openChatPage({
    session: new FakeSession(),
    ask: (question) => (question.kind === 'symbols' ? [] : ask(question)),
  });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await composer.pressSequentially('mail me @zzz');
  await chat.page.getByText('Nothing found').waitFor();
  await composer.press('Enter');
  assert.deepEqual(await prompted(chat), { content: [{ type: 'text', text: 'mail me @zzz' }] });
});

test('chosen files become mentions, and one that is too large is named (U3)', async () => {
  await using chat = await openChatPage({ session: new FakeSession(), ask });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).click();
  await chat.page.getByRole('menuitem', { name: 'Files…' }).click();
  await chat.page.getByRole('alert').getByText('huge.png is larger than 5 MB').waitFor();
  await chat.page.getByRole('list', { name: 'Attached' }).getByText('src/tides.js').waitFor();
});

test('files dropped from the Explorer become mentions (U3)', async () => {
  await using chat = await openChatPage({ session: new FakeSession(), ask });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await chat.page.locator('.composer').evaluate((form) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.setData('application/vnd.code.uri-list', 'file:///home/ada/tides/src/tides.js');
    form.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
  await chat.page.getByRole('list', { name: 'Attached' }).getByText('src/tides.js').waitFor();
  assert.equal(await chat.page.getByRole('textbox', { name: 'Prompt' }).inputValue(), '@src/tides.js ');
});

test('web links and text that are dropped on the chat stand at the cursor, and a field takes text by itself (U3)', async () => {
  await using chat = await openChatPage({ session: new FakeSession().say('Look there'), ask });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await composer.fill('See  and say why');
  await composer.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(4, 4));
  /** Drops data and says who took it while it hung there. */
  const drop = (selector: string, data: Readonly<Record<string, string>>): Promise<boolean> =>
    chat.page.locator(selector).evaluate((place, given) => {
      const dataTransfer = new DataTransfer();
      for (const [kind, text] of Object.entries(given)) dataTransfer.setData(kind, text);
      const options = { dataTransfer, bubbles: true, cancelable: true };
      const isTaken = !place.dispatchEvent(new DragEvent('dragover', options));
      place.dispatchEvent(new DragEvent('drop', options));
      return isTaken;
    }, data);
  const link = 'https://tides.example/a?b=1#c';
  assert.equal(
    await drop('.transcript', { 'text/uri-list': `# a comment\r\n${link}\r\n`, 'text/plain': link }),
    true,
  );
  assert.equal(await composer.inputValue(), `See ${link} and say why`);
  assert.equal(await drop('.composer textarea', { 'text/uri-list': link, 'text/plain': link }), true);
  assert.equal(await composer.inputValue(), `See ${link}${link} and say why`);
  assert.equal(await drop('.transcript', { 'text/plain': ' high\nwater', 'text/html': '<b>x</b>' }), true);
  assert.equal(await composer.inputValue(), `See ${link}${link} high\nwater and say why`);
  assert.equal(await drop('.composer textarea', { 'text/plain': 'by itself' }), false);
  const both = `${link}\r\nfile:///home/ada/tides/src/tides.js`;
  await composer.fill('');
  assert.equal(await drop('.transcript', { 'text/uri-list': both }), true);
  await chat.page.getByRole('list', { name: 'Attached' }).getByText('src/tides.js').waitFor();
  assert.equal(await composer.inputValue(), `${link} @src/tides.js `);
  assert.equal(await chat.page.locator('.drop-here').count(), 0);
  assert.deepEqual(chat.problems, []);
});

test('what is dragged out of a field is not taken again, and a field that is gone keeps nothing else from being dropped (U3)', async () => {
  const session = new FakeSession().prompt('long work');
  session.emit('turn.queued', {
    turnId: 'first' as never,
    kind: 'prompt',
    content: [{ type: 'text', text: 'first' }],
  });
  await using chat = await openChatPage({ session, ask });
  await chat.page.getByRole('button', { name: 'Edit: first' }).click();
  const field = chat.page.getByRole('textbox', { name: 'Queued prompt' });
  await field.evaluate((element) => element.dispatchEvent(new DragEvent('dragstart', { bubbles: true })));
  /** Whether text that hangs over the transcript is taken. */
  const isTaken = (): Promise<boolean> =>
    chat.page.locator('.transcript').evaluate((place) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.setData('text/plain', 'first');
      return !place.dispatchEvent(
        new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }),
      );
    });
  assert.equal(await isTaken(), false);
  session.emit('turn.ended', { turnId: 'first' as never, outcome: 'cancelled' });
  await field.waitFor({ state: 'detached' });
  assert.equal(await isTaken(), true);
});

/** Pastes an image of so many bytes. */
const pasteImage = (chat: ChatPage, bytes: number): Promise<void> =>
  chat.page.locator('.composer textarea').evaluate((field, size) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([new Uint8Array(size)], 'image.png', { type: 'image/png' }));
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, bytes);

/** A session whose agent takes images, or not. */
function seeing(images: boolean): FakeSession {
  const session = new FakeSession();
  session.emit('agent.started', {
    ...{ processId: 'process-2' as never, agentSessionId: 'a1', how: 'resumed' },
    takes: { images, audio: false },
  });
  return session;
}

test('a pasted image becomes a chip and goes with the prompt; one that is too large is named (U3)', async () => {
  await using chat = await openChatPage({ session: seeing(true) });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await pasteImage(chat, 3);
  await chat.page.getByRole('img', { name: 'Attached image' }).waitFor();
  await pasteImage(chat, 6 * 1024 * 1024);
  await chat.page.getByRole('alert').getByText('larger than 5 MB').waitFor();
  await chat.page.getByRole('button', { name: 'Send (Enter)' }).click();
  assert.deepEqual(await prompted(chat), {
    content: [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }],
  });
});

test('an agent that takes no images is given none, and the person is told (U3)', async () => {
  await using chat = await openChatPage({ session: seeing(false) });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await pasteImage(chat, 3);
  await chat.page.getByRole('alert').getByText('Claude Code does not take images.').waitFor();
  assert.equal(await chat.page.getByRole('list', { name: 'Attached' }).count(), 0);
});

test('model, mode, options and permissions are chosen from menus with the keyboard (U3)', async () => {
  const session = new FakeSession();
  session.emit('session.configured', {
    ...{ mode: 'plan', modes: ['plan', 'code'].map((id) => ({ id, name: `Mode ${id}` })) },
    ...{ model: 'big', models: ['small', 'big'].map((id) => ({ id, name: `Model ${id}` })) },
    options: [{ optionId: 'effort', name: 'Effort', value: true }],
  });
  await using chat = await openChatPage({ session, width: 300 });
  const choose = async (button: string, keys: readonly string[]): Promise<unknown> => {
    chat.forget();
    await chat.page.getByRole('button', { name: button }).focus();
    for (const key of ['Enter', ...keys, 'Enter']) await chat.page.keyboard.press(key);
    const message = await configured(chat);
    return message.type === 'request' && message.params;
  };
  assert.deepEqual(await choose('Mode: Mode plan', ['ArrowDown']), { mode: 'code' });
  assert.deepEqual(await choose('Model: Model big', ['Home']), { model: 'small' });
  assert.deepEqual(await choose('Options of Claude Code', []), { options: { effort: false } });
  assert.deepEqual(await choose('Permissions: Ask', ['ArrowDown']), { permissionMode: 'allowReads' });
});

test('commands around a prompt and its check are asked for, shown as chips, and go with that prompt alone (U3, C2, G1)', async () => {
  const session = new FakeSession();
  await using chat = await openChatPage({ session, width: 300 });
  const add = async (name: string, command: string): Promise<void> => {
    await chat.page.getByRole('button', { name: 'Add to the prompt' }).click();
    await chat.page.getByRole('menuitem', { name }).click();
    await chat.page.keyboard.type(command);
  };
  await add('Run before…', 'npm ci');
  await chat.page.keyboard.press('Enter');
  await add('Run after…', 'rm -rf /tmp/x');
  await chat.page.keyboard.press('Enter');
  await add('Until green…', 'npm test');
  await chat.page.getByRole('spinbutton', { name: 'Attempts' }).fill('5');
  await chat.page.getByRole('button', { name: 'Add', exact: true }).click();
  await chat.page.getByRole('button', { name: 'Remove: Run after: rm -rf /tmp/x' }).click();
  await chat.reload();
  await chat.page.getByText('Until green: npm test (5×)').waitFor();
  await chat.screenshot('composer-options-dark-300');
  await chat.page.getByRole('textbox', { name: 'Prompt' }).fill('fix it');
  await chat.page.keyboard.press('Enter');
  assert.deepEqual(await prompted(chat), {
    content: [{ type: 'text', text: 'fix it' }],
    before: [{ command: 'npm ci' }],
    until: { command: 'npm test', max: 5 },
  });
  await chat.page.getByRole('list', { name: 'With the next prompt' }).waitFor({ state: 'detached' });
  session.turnId = 'turn' as never;
  session.emit('turn.started', {
    ...{ turnId: 'turn' as never, kind: 'prompt', origin: 'person' },
    check: { attempt: 2, max: 5 },
  });
  await chat.page.getByText('Until green: attempt 2 of 5').waitFor();
});

test('a prompt goes on until the checks of its pull request are green (U3, G1)', async () => {
  await using chat = await openChatPage({ session: new FakeSession(), width: 300 });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).click();
  await chat.page.getByRole('menuitem', { name: 'Until green…' }).click();
  await chat.page.getByRole('checkbox', { name: 'Checks of the pull request instead' }).check();
  assert.equal(await chat.page.getByPlaceholder('Command, such as npm test').isDisabled(), true);
  assert.deepEqual(await axeFindings(chat.page), []);
  await chat.page.getByRole('button', { name: 'Add', exact: true }).click();
  await chat.page.getByText('Until green: Checks of the pull request (3×)').waitFor();
  await chat.page.getByRole('textbox', { name: 'Prompt' }).fill('mend it');
  await chat.page.keyboard.press('Enter');
  assert.deepEqual((await prompted(chat))['until'], { pullRequest: true, max: 3 });
});

test('another session and a terminal are mentioned with what they say (U3)', async () => {
  const texts = { session: '# Tides\n\nIt was fixed.\n', terminal: '$ npm test\n12 passing' };
  const mentions: readonly Mention[] = [
    {
      kind: 'session',
      name: 'session:Tides',
      detail: 'Claude Code',
      uri: 'vscode://holdfast.holdfast/session/s1',
    },
    { kind: 'terminal', name: 'terminal:bash', detail: 'npm test', uri: 'terminal:/1' },
  ];
  const block = (uri: string, text: string) => ({ type: 'resource', resource: { uri, text } });
  await using chat = await openChatPage({
    session: new FakeSession(),
    ask: (question) => {
      if (question.kind === 'files') return mentions.filter(({ name }) => name.startsWith(question.query));
      if (question.kind !== 'content' || (question.of !== 'session' && question.of !== 'terminal')) return [];
      return block(question.uri, texts[question.of]);
    },
  });
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  for (const kind of ['session', 'terminal']) {
    await composer.pressSequentially(`@${kind}:`);
    await chat.page.getByRole('option', { name: new RegExp(`^${kind}:`, 'u') }).click();
    await chat.page.getByRole('list', { name: 'Attached' }).getByText(`${kind}:`).waitFor();
  }
  await composer.press('Enter');
  assert.deepEqual((await prompted(chat))['content'], [
    { type: 'text', text: '@session:Tides @terminal:bash ' },
    block('vscode://holdfast.holdfast/session/s1', texts.session),
    block('terminal:/1', texts.terminal),
  ]);
});

test('images of a draft are kept by the extension, come back into a page that begins anew, and are forgotten when sent (U3)', async () => {
  const session = new FakeSession();
  session.emit('agent.started', {
    ...{ processId: 'process-1' as never, agentSessionId: 'a1', how: 'new' },
    takes: { images: true, audio: false },
  });
  await using chat = await openChatPage({ session });
  const images = [
    { name: 'tide.png', block: { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' } },
  ] as const;
  const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
  await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
  await composer.evaluate((field) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob('iVBORw0KGgo='), (character) => character.charCodeAt(0));
    data.items.add(new File([bytes], 'tide.png', { type: 'image/png' }));
    field.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  const keeps = (count: number) =>
    chat.heard((message) => message.type === 'keepImages' && message.images.length === count);
  assert.deepEqual(await keeps(1), { type: 'keepImages', sessionId: session.sessionId, images });
  await chat.reload();
  await chat.send({ type: 'images', sessionId: session.sessionId, images });
  await chat.page.getByRole('button', { name: 'Remove: tide.png' }).waitFor();
  // Told once more, as when the page is shown again, they are there once.
  await chat.send({ type: 'images', sessionId: session.sessionId, images });
  assert.equal(await chat.page.getByRole('button', { name: 'Remove: tide.png' }).count(), 1);
  await composer.fill('what is this?');
  await composer.press('Enter');
  assert.deepEqual((await prompted(chat))['content'], [
    { type: 'text', text: 'what is this?' },
    images[0].block,
  ]);
  await keeps(0);
});

for (const theme of ['light', 'dark', 'hc'] as const) {
  for (const width of [300, 900]) {
    test(`the composer with all it can hold fits ${width} pixels in the ${theme} theme (U3)`, async () => {
      const session = agentShowcase();
      session.emit('commands.updated', {
        commands: [
          { name: 'review', description: 'Review the changes of this branch', hint: 'branch' },
          { name: 'compact', description: 'Make room in the context window' },
        ],
      });
      await using chat = await openChatPage({ session, ask, theme, width, height: 700 });
      const composer = chat.page.getByRole('textbox', { name: 'Prompt' });
      await chat.page.getByRole('button', { name: 'Add to the prompt' }).waitFor();
      await composer.pressSequentially('@tid');
      await chat.page.getByRole('option', { name: 'src/tides.js', exact: true }).click();
      await composer.pressSequentially('@');
      await chat.page.getByRole('option').nth(1).waitFor();
      await chat.screenshot(`composer-mentions-${theme}-${width}`);
      await composer.press('Escape');
      await chat.page.getByRole('button', { name: 'Permissions: Ask' }).click();
      await chat.page.getByRole('menu').waitFor();
      await chat.screenshot(`composer-menu-${theme}-${width}`);
      const boxes = await chat.page.locator('.dock :is(button, textarea, .popup, .chip)').all();
      for (const box of await Promise.all(boxes.map((each) => each.boundingBox())))
        assert.ok(box !== null && box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
      assert.deepEqual(chat.problems, []);
    });
  }
}
