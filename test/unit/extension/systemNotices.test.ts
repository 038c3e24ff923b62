import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test, type TestContext } from 'node:test';

import { editor, env, window } from '../../support/fakeVscode.ts';

const { programOf, showSystemNotice } = await import('../../../src/extension/systemNotice.ts');
const { SystemNotices } = await import('../../../src/extension/systemNotices.ts');

const nasty = `“$(id) \`id\`” <b>&\\n "'; do shell script "id"\u0000\n-e`;
const place = (platform: NodeJS.Platform) => ({ platform, env: { SystemRoot: 'D:\\Win' } });
const onPosix = process.platform === 'win32' ? 'it is a shell script that stands in' : false;

/** A folder with a `notify-send` that writes down what it is given, one argument a line. */
function fakeNotifySend(context: TestContext, exitCode = 0) {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-notice-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const written = path.join(folder, 'written');
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" >> '${written}'\nexit ${exitCode}\n`;
  writeFileSync(path.join(folder, 'notify-send'), script, { mode: 0o755 });
  return { folder, told: () => (existsSync(written) ? readFileSync(written, 'utf8').split('\n') : []) };
}

/** Puts a folder alone on the PATH of this process, as long as a test runs. */
function onPath(context: TestContext, folder: string): void {
  const before = process.env['PATH'];
  process.env['PATH'] = folder;
  context.after(() => {
    process.env['PATH'] = before;
  });
}

beforeEach(() => {
  editor.reset();
  window.state.focused = false;
});

test('text of others is an argument or a variable for what shows it, and never code (U4, S2)', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    const [said, other] = [nasty, 'something else'].map((text) =>
      programOf({ text, sound: false }, place(platform)),
    );
    assert.ok(said !== undefined && other !== undefined);
    const differs = said.args.filter((each, at) => each !== other.args[at]);
    const given = [...differs, said.env['HOLDFAST_NOTICE_TEXT']].filter((each) => each !== undefined);
    assert.equal(given.length, 1, `${platform}: the text stands in one place alone`);
    assert.ok(!/\p{Cc}/u.test(given.join('')), `${platform}: it has no control characters`);
    assert.equal(said.command, other.command);
  }
  const linux = programOf({ text: String.raw`a\nb <b> & c`, sound: false }, place('linux'));
  assert.deepEqual(linux?.args.slice(-3), ['--', 'Holdfast', String.raw`a\\nb &lt;b&gt; &amp; c`]);
  const long = programOf({ text: '🌊'.repeat(500), sound: false }, place('darwin'))?.args.at(-1) ?? '';
  assert.equal(Array.from(long).length, 200);
  assert.equal(programOf({ text: 'a', sound: false }, place('aix')), undefined);
});

test('a notification of the system makes a sound only when a person wants one (U4)', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    const [quiet, loud] = [false, true].map((sound) =>
      JSON.stringify(programOf({ text: 'a', sound }, place(platform))),
    );
    assert.notEqual(quiet, loud, platform);
    if (platform !== 'win32') assert.ok(!quiet?.includes('sound'), platform);
  }
});

test(
  'what the system is told is one sentence, given to its own program (U4)',
  { skip: onPosix },
  async (context) => {
    const fake = fakeNotifySend(context);
    const at = { platform: 'linux', env: { PATH: fake.folder } } as const;
    await showSystemNotice({ text: '“Ebb” needs you: Run a < b?', sound: true }, at);
    assert.deepEqual(fake.told(), [
      '--app-name=Holdfast',
      '--hint=string:sound-name:message-new-instant',
      '--',
      'Holdfast',
      '“Ebb” needs you: Run a &lt; b?',
      '',
    ]);
    await assert.rejects(showSystemNotice({ text: 'a', sound: false }, { ...at, env: { PATH: '' } }), {
      code: 'ENOENT',
    });
  },
);

const onLinux = process.platform === 'linux' ? false : 'the program of another platform would be run';

test(
  'the system is told only where nobody looks at a window, on this machine, and as settings say (U4)',
  { skip: onLinux },
  async (context) => {
    const fake = fakeNotifySend(context);
    onPath(context, fake.folder);
    const notices = new SystemNotices(() => undefined);
    window.state.focused = true;
    await notices.tell('focused');
    window.state.focused = false;
    env.remoteName = 'ssh-remote';
    await notices.tell('remote');
    env.remoteName = undefined;
    editor.settings['holdfast.notifications.system'] = false;
    await notices.tell('unwanted');
    editor.settings['holdfast.notifications.system'] = true;
    await notices.tell('quiet');
    editor.settings['holdfast.notifications.sound'] = true;
    await notices.tell('loud');
    const told = fake.told();
    assert.deepEqual(
      ['focused', 'remote', 'unwanted', 'quiet', 'loud'].filter((text) => told.includes(text)),
      ['quiet', 'loud'],
    );
    assert.equal(told.filter((each) => each.startsWith('--hint=')).length, 1);
  },
);

test(
  'a machine without a program for it, or with one that fails, hears no complaints (U4)',
  { skip: onLinux },
  async (context) => {
    const fake = fakeNotifySend(context, 1);
    onPath(context, fake.folder);
    const logged: string[] = [];
    const failing = new SystemNotices((line) => logged.push(line));
    await failing.tell('one');
    await failing.tell('two');
    assert.equal(logged.length, 2, 'what fails may work the next time');
    onPath(context, path.join(fake.folder, 'empty'));
    const missing = new SystemNotices((line) => logged.push(line));
    await missing.tell('three');
    await missing.tell('four');
    assert.equal(logged.length, 3, 'what is not there is looked for once');
    assert.deepEqual(editor.shown, []);
  },
);
