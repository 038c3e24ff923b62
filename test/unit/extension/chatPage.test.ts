import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type * as vscode from 'vscode';
import { Deferred } from '../../../src/base/deferred.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import { createRegistry } from '../../../src/client/index.ts';
import { Attended } from '../../../src/extension/attended.ts';
import type { ChatParts } from '../../../src/extension/chatPage.ts';
import type { ComposerAsks } from '../../../src/extension/composerAsks.ts';
import { Deliveries } from '../../../src/extension/deliveries.ts';
import type { DraftImages } from '../../../src/extension/draftImages.ts';
import { LiveSessions } from '../../../src/extension/liveSessions.ts';
import type { ConnectionView } from '../../../src/protocol/page.ts';
import type { SessionList } from '../../../src/extension/sessionList.ts';
import type { ShownTexts } from '../../../src/extension/shownTexts.ts';
import type { WindowConnection } from '../../../src/extension/windowConnection.ts';
import type { Places } from '../../../src/extension/places.ts';
import type { DraftImage, PageState } from '../../../src/protocol/page.ts';
import { UnsentDrafts } from '../../../src/extension/unsentDrafts.ts';
import { summary } from './summary.ts';
import { attached, FakeChannel, idOf, journal } from '../client/fakeChannel.ts';
import { FakeWebview } from './fakeWebview.ts';
import { fakeMemory } from '../../support/fakeMemory.ts';
import { editor, env } from '../../support/fakeVscode.ts';

const { ChatPage } = await import('../../../src/extension/chatPage.ts');
const { ChatPanels } = await import('../../../src/extension/chatPanels.ts');
const { ContextKeys } = await import('../../../src/extension/contextKeys.ts');
const { ChatView } = await import('../../../src/extension/chatView.ts');

const sessionId = idOf('S');
const insert = (text: string) => ({ type: 'insert', sessionId, text }) as const;

/** What pages of a chat share, in a window of one session, and what a test changes of it. */
function window({ reading = Promise.resolve(), memory = fakeMemory() } = {}) {
  const channel = new FakeChannel().connect();
  channel.answers.set('session/attach', () => ({ sessions: [attached('S', 1)] }));
  channel.answers.set('session/history', () => ({
    sessionId,
    items: [],
    more: false,
    cursor: { journal, seq: 1 },
  }));
  const registry = createRegistry(channel, { log: () => undefined });
  const views = new Emitter<void>();
  let view: ConnectionView = { state: 'connected' };
  /** The connection stands otherwise. */
  const become = (state: ConnectionView['state']): void => {
    view = { state };
    views.fire();
  };
  const connection: Partial<WindowConnection> = {
    openSession: registry.open.bind(registry),
    session: registry.session.bind(registry),
    hostOf: () => undefined,
    onAnyView: views.listen,
    viewOf: () => view,
  };
  const listed = new Emitter<void>();
  const deleted = new Set<string>();
  /** The session is deleted as long as that can be undone, or no longer. */
  const hide = (isHidden: boolean): void => {
    if (isHidden) deleted.add(sessionId);
    else deleted.delete(sessionId);
    listed.fire();
  };
  const list: Partial<SessionList> = {
    ...{ onChange: listed.listen, sorted: () => [], get: () => undefined },
    isHidden: (id) => deleted.has(id),
  };
  const kept: DraftImage[][] = [];
  const images: Partial<DraftImages> = {
    of: () => reading.then(() => kept.at(-1) ?? []),
    keep: (_place, given) => void kept.push([...given]),
  };
  const deliveries = new Deliveries();
  const parts: ChatParts = {
    extensionUri: {} as vscode.Uri,
    connection: connection as WindowConnection,
    list: list as SessionList,
    live: new LiveSessions(connection as WindowConnection),
    texts: {} as ShownTexts,
    asks: {} as ComposerAsks,
    images: images as DraftImages,
    log: (words) => assert.fail(words),
    attended: new Attended(),
    deliveries,
    unsent: new UnsentDrafts({ memory, deliveries, letGo: () => assert.fail('there is room') }),
  };
  return { parts, channel, become, hide, kept };
}

/** Looks at what a page got until it is as it should be. */
async function soon({ got }: FakeWebview, holds: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !holds();) {
    assert.ok(performance.now() < end, `only ${JSON.stringify(got)} came`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A chat page that shows a session, which the person turned to. */
async function setUp(t: TestContext, given?: Parameters<typeof window>[0]) {
  const { parts, ...more } = window(given);
  const webview = new FakeWebview();
  const page = new ChatPage(parts, webview, { surface: 'editor', sessionId, onShow: () => undefined });
  t.after(() => page.dispose());
  parts.attended.turnTo(page);
  /** What was meant for the composer and got there. */
  const inserted = (): string[] =>
    webview.got.flatMap((message) => (message.type === 'insert' ? [message.text] : []));
  const snapshots = (): number => webview.got.filter(({ type }) => type === 'snapshot').length;
  const until = (holds: () => boolean): Promise<void> => soon(webview, holds);
  webview.load();
  await until(() => snapshots() === 1);
  return { ...more, parts, page, webview, deliveries: parts.deliveries, inserted, snapshots, until };
}

test('what is meant for a chat that a person looks at is given to it at once (U5)', async (t) => {
  const { deliveries, inserted } = await setUp(t);
  deliveries.put(insert('seen'));
  assert.deepEqual(inserted(), ['seen']);
});

test('what is meant for a chat that is hidden, or comes into sight, waits until its page is there, and is given once (U5)', async (t) => {
  const { page, webview, deliveries, inserted, snapshots, until } = await setUp(t);
  webview.unload();
  page.moved();
  deliveries.put(insert('while it is hidden'));
  page.moved();
  deliveries.put(insert('while it is loaded'));
  page.show(sessionId, { focus: true });
  assert.deepEqual(
    webview.got.filter(({ type }) => type === 'focus'),
    [],
  );
  webview.load();
  await until(() => inserted().length > 0);
  assert.deepEqual(inserted(), ['while it is hidden', 'while it is loaded']);
  const types = webview.got.map(({ type }) => type);
  assert.ok(types.indexOf('insert') > types.lastIndexOf('snapshot'), 'after what it shows');
  assert.equal(types.filter((type) => type === 'focus').length, 1);
  webview.say({ type: 'focused' });
  deliveries.put(insert('later'));
  await until(() => inserted().length > 2);
  assert.deepEqual([inserted().slice(2), snapshots()], [['later'], 2]);
});

test('a page that the editor kept while it was hidden is given what waited with the first that it says (U5)', async (t) => {
  const { page, webview, deliveries, inserted, snapshots, until } = await setUp(t);
  page.moved();
  page.moved();
  deliveries.put(insert('waited'));
  assert.deepEqual(inserted(), []);
  webview.say({ type: 'focused' });
  await until(() => inserted().length > 0);
  assert.deepEqual([inserted(), snapshots()], [['waited'], 1]);
});

test('a page that is loaded anew while the connection is away shows the session once it is back, and is given what waited (U3, U8)', async (t) => {
  const { page, webview, channel, become, deliveries, inserted, snapshots, until } = await setUp(t);
  page.moved();
  webview.unload();
  channel.drop();
  become('reconnecting');
  page.moved();
  webview.load();
  await until(() => webview.got.at(-1)?.type === 'connection');
  deliveries.put(insert('meanwhile'));
  assert.deepEqual([inserted(), snapshots()], [[], 1], 'a page without the session has no place for it');
  channel.connect();
  become('connected');
  await until(() => snapshots() === 2);
  assert.deepEqual(inserted(), ['meanwhile']);
});

test('a chat whose session is deleted says so and offers to undo it, and nothing is written there until it is undone (U1, U3)', async (t) => {
  const { webview, hide, deliveries, inserted, snapshots, until } = await setUp(t);
  hide(true);
  const none = webview.got.at(-1);
  assert.ok(none?.type === 'none');
  assert.match(none.missing ?? '', /is deleted/u);
  assert.equal(none.canUndo, true);
  deliveries.put(insert('meanwhile'));
  webview.say({ type: 'action', action: 'undoDelete' });
  await until(() => editor.ran.some((command) => command[0] === 'holdfast.undoDelete'));
  assert.deepEqual(editor.ran.at(-1), ['holdfast.undoDelete', sessionId]);
  assert.deepEqual(inserted(), []);
  hide(false);
  await until(() => snapshots() === 2);
  assert.deepEqual(inserted(), ['meanwhile']);
});

test('a chat whose session is no longer deleted while the connection is away offers no Undo, and shows it once that is back (U1, U8)', async (t) => {
  const { webview, channel, become, hide, snapshots, until } = await setUp(t);
  const undos = (): (boolean | undefined)[] =>
    webview.got.flatMap((message) => (message.type === 'none' ? [message.canUndo] : []));
  hide(true);
  channel.drop();
  become('reconnecting');
  hide(false);
  assert.deepEqual(undos(), [true, undefined]);
  channel.connect();
  become('connected');
  await until(() => snapshots() === 2);
  assert.equal(undos().length, 2);
});

test('what a page was given just before it was hidden, and never took, is given to the next one, and once (U5)', async (t) => {
  const { page, webview, deliveries, inserted, snapshots, until } = await setUp(t);
  webview.takes = false;
  deliveries.put(insert('lost with the page'));
  assert.deepEqual(inserted(), ['lost with the page']);
  webview.unload();
  deliveries.put(insert('dropped by the editor'));
  page.moved();
  page.moved();
  webview.takes = true;
  webview.load();
  await until(() => inserted().length > 1);
  assert.deepEqual(inserted().slice(1), ['lost with the page', 'dropped by the editor']);
  webview.load();
  await until(() => snapshots() === 3);
  webview.takes = false;
  deliveries.put(insert('lost with a page that was loaded again'));
  webview.takes = true;
  webview.load();
  await until(() => snapshots() === 4);
  deliveries.put(insert('later'));
  await until(() => inserted().includes('later'));
  const again = 'lost with a page that was loaded again';
  assert.deepEqual(inserted().slice(3), [again, again, 'later']);
});

test('what a closed chat never took is given to the next that shows the session (U5)', async (t) => {
  const { page, webview, parts, deliveries, inserted } = await setUp(t);
  webview.takes = false;
  deliveries.put(insert('kept'));
  assert.deepEqual(inserted(), ['kept']);
  page.dispose();
  assert.deepEqual(
    parts.deliveries.give(sessionId, {}).map((delivery) => delivery.type === 'insert' && delivery.text),
    ['kept'],
  );
});

test('what waits for a session is given to a chat that shows it already, as soon as the person turns to that (U5)', async (t) => {
  const { webview, parts, deliveries, inserted, until } = await setUp(t);
  parts.attended.turnTo({ sessionId: undefined });
  deliveries.put(insert('waits'));
  assert.deepEqual(inserted(), []);
  webview.say({ type: 'focused' });
  await until(() => inserted().length > 0);
  assert.deepEqual(inserted(), ['waits']);
});

test('an image that is added before the page has those of its draft back does not take their place (U3)', async (t) => {
  const read = new Deferred<void>();
  const { webview, kept, until } = await setUp(t, { reading: read.promise });
  const image = (name: string): DraftImage => ({
    name,
    block: { type: 'image', data: 'aGk=', mimeType: 'image/png' },
  });
  kept.push([image('before')]);
  webview.say({ type: 'keepImages', sessionId, images: [image('added')] });
  // What is said is read in order: when this was heard, the image was, too.
  webview.say({ type: 'ready' });
  await until(() => webview.got.filter(({ type }) => type === 'snapshot').length === 2);
  read.resolve();
  await until(() => kept.length > 1);
  const restored = webview.got.find((message) => message.type === 'images');
  assert.deepEqual(restored?.type === 'images' && restored.images, [image('before')]);
});

test('a session that is shown in a window whose chat was never open takes the focus where that is meant, and nowhere else (U1, U3)', async (t) => {
  for (const focus of [false, true]) {
    editor.reset();
    const { parts } = window();
    const chat = new ChatView(parts, fakeMemory());
    t.after(() => chat.dispose());
    await chat.open(sessionId, { focus });
    assert.deepEqual(editor.ran, [['holdfast.chat.focus', { preserveFocus: !focus }]]);
    const webview = new FakeWebview();
    const never = () => ({ dispose: () => undefined });
    const view: Partial<vscode.WebviewView> = { webview, onDidChangeVisibility: never, onDidDispose: never };
    chat.resolveWebviewView(view as vscode.WebviewView);
    assert.equal(parts.attended.sessionId, sessionId, 'what is sent to it goes there');
    webview.load();
    await soon(webview, () => webview.got.some(({ type }) => type === 'snapshot'));
    assert.equal(
      webview.got.some(({ type }) => type === 'focus'),
      focus,
    );
  }
});

/** A panel of the editor, as far as a page needs it. */
function panelOf(webview: FakeWebview, { active, visible }: Pick<vscode.WebviewPanel, 'active' | 'visible'>) {
  const never = () => ({ dispose: () => undefined });
  const panel: Partial<vscode.WebviewPanel> = {
    ...{ webview, active, visible, title: '' },
    ...{ onDidChangeViewState: never, onDidDispose: never },
  };
  return panel as vscode.WebviewPanel;
}

test('the panels in sight are known, the one with the focus first, and menus are offered where one has a session (U3)', async (t) => {
  editor.reset();
  const { parts } = window();
  const panels = new ChatPanels(parts);
  t.after(() => panels.dispose());
  const none = { onChange: () => ({ dispose: () => undefined }), view: { sessionId: undefined } };
  const places = { ...none, panels, current: undefined } as unknown as Places;
  const connection = { view: { state: 'connected' }, onView: none.onChange } as unknown as WindowConnection;
  const counts = { needsYou: 0 };
  const list = {
    ...parts.list,
    loaded: true,
    counts,
    get: (id: string) => (id === sessionId ? summary(id) : undefined),
  };
  const offered = (): unknown => {
    editor.ran = [];
    new ContextKeys({ connection, places, list: list as SessionList }).dispose();
    return editor.ran.find(([, key]) => key === 'holdfast.panelHasSession')?.[2];
  };
  const add = (shown: string | undefined, look: Parameters<typeof panelOf>[1]): Promise<void> => {
    const state = (shown === undefined ? undefined : { sessionId: shown }) as PageState | undefined;
    return panels.deserializeWebviewPanel(panelOf(new FakeWebview(), look), state);
  };
  await add(sessionId, { active: false, visible: false });
  await add('unknown', { active: false, visible: true });
  await add(undefined, { active: true, visible: true });
  assert.deepEqual([panels.seen, offered()], [[undefined, 'unknown'], false]);
  await add(sessionId, { active: false, visible: true });
  assert.deepEqual([panels.seen, offered()], [[undefined, 'unknown', sessionId], true]);
});

test('a panel that shows another session tells so, whose page the person turned to already (U3)', async (t) => {
  const { parts } = window();
  const panels = new ChatPanels(parts);
  t.after(() => panels.dispose());
  const webview = new FakeWebview();
  await panels.deserializeWebviewPanel(panelOf(webview, { active: true, visible: true }), undefined);
  webview.load();
  webview.say({ type: 'focused' });
  await soon(webview, () => webview.got.some(({ type }) => type === 'none'));
  const told: unknown[] = [];
  panels.onChange(() => told.push(panels.activeSession));
  webview.say({ type: 'openSession', sessionId });
  await soon(webview, () => webview.got.some(({ type }) => type === 'snapshot'));
  assert.deepEqual(told, [sessionId]);
});

test('what was written in a tab that is closed is put into the next page that shows its session, once, also in a later window (U3)', async (t) => {
  const memory = fakeMemory();
  const opened = async (given: ReturnType<typeof window>) => {
    const webview = new FakeWebview();
    const page = new ChatPage(given.parts, webview, {
      surface: 'editor',
      sessionId,
      onShow: () => undefined,
    });
    t.after(() => page.dispose());
    given.parts.attended.turnTo(page);
    webview.load();
    await soon(webview, () => webview.got.some(({ type }) => type === 'snapshot'));
    const inserted = (): string[] =>
      webview.got.flatMap((message) => (message.type === 'insert' ? [message.text] : []));
    return { page, webview, inserted };
  };
  const first = window({ memory });
  const { page, webview } = await opened(first);
  for (const text of ['sent', undefined, 'half', 'half a thought'])
    webview.say({ type: 'draft', sessionId, text });
  webview.say({ type: 'draft', sessionId: idOf('other'), text: 'of another session' });
  webview.say({ type: 'openSession', sessionId });
  await soon(webview, () => webview.got.some(({ type }) => type === 'focus'));
  page.close();
  const second = window({ memory });
  const next = await opened(second);
  await soon(next.webview, () => next.inserted().length > 0);
  assert.deepEqual(next.inserted(), ['half a thought']);
  next.page.close();
  const last = await opened(second);
  assert.deepEqual(last.inserted(), []);
  const third = window({ memory });
  third.parts.unsent.offer(idOf('other'));
  assert.deepEqual(
    third.parts.deliveries.give(idOf('other'), {}).map((each) => each.type === 'insert' && each.text),
    ['of another session'],
  );
});

test('what was written in a tab that is closed before its words could be checked is kept, as it was last (U3)', async () => {
  const memory = fakeMemory();
  const { parts } = window({ memory });
  const webview = new FakeWebview();
  const page = new ChatPage(parts, webview, { surface: 'editor', sessionId, onShow: () => undefined });
  for (const text of ['half', 'half a thought']) webview.say({ type: 'draft', sessionId, text });
  page.close();
  const kept = () => {
    const { deliveries, unsent } = window({ memory }).parts;
    unsent.offer(sessionId);
    return deliveries.give(sessionId, {}).map((each) => each.type === 'insert' && each.text);
  };
  await soon(webview, () => kept().length > 0);
  assert.deepEqual(kept(), ['half a thought']);
});

test('what a person presses in a chat and the editor cannot do is told of (U3)', async (t) => {
  editor.reset();
  const { parts, webview } = await setUp(t);
  const logged: string[] = [];
  Object.assign(parts, { log: (words: string) => logged.push(words) });
  t.mock.method(env.clipboard, 'writeText', () => Promise.reject(new Error('no clipboard')));
  webview.say({ type: 'copy', text: 'tides' });
  const { text } = await editor.notification(({ kind }) => kind === 'error');
  assert.equal(text, 'Holdfast: no clipboard');
  assert.deepEqual(logged, ['copy of a chat page failed: no clipboard']);
});
