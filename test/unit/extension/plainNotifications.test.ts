import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { HoldfastError } from '../../../src/protocol/errors.ts';
import type { ProcessId } from '../../../src/protocol/ids.ts';
import type { WindowConnection } from '../../../src/extension/windowConnection.ts';
import { commands, editor, env, window } from '../../support/fakeVscode.ts';

const { newSession } = await import('../../../src/extension/newSession.ts');
const { restartRuntime } = await import('../../../src/extension/restartRuntime.ts');
const { sendCommands } = await import('../../../src/extension/sendToSession.ts');
const { SettingsReport } = await import('../../../src/extension/settings.ts');
const { stopProcess } = await import('../../../src/extension/stopProcess.ts');

/** Text of others that the editor would make a link of, which runs a command. */
const LINK = '[fine](command:workbench.action.quit)';

beforeEach(() => editor.reset());

/** A connection whose requests are refused with what somebody else wrote. */
function refusing(kind: 'internalError' | 'sessionBusy'): WindowConnection {
  const connection: Partial<WindowConnection> = {
    view: { state: 'connected' },
    request: (method) =>
      method === 'runtime/status'
        ? Promise.resolve({ sessions: { running: 0, waiting: 0 } } as never)
        : Promise.reject(new HoldfastError(kind, LINK)),
  };
  return connection as WindowConnection;
}

test('what others wrote is no link in what is said of the runtime and its processes (U4)', async () => {
  await restartRuntime(refusing('internalError'));
  void stopProcess(refusing('sessionBusy'), 'p' as ProcessId);
  await editor.notification(({ modal }) => modal);
  assert.equal(editor.shown.length, 2);
  for (const { text } of editor.shown) {
    assert.match(text, /fine/u);
    assert.ok(!text.includes(']('), text);
  }
});

test('what stands in settings is no link where it is said that it cannot be used (U4)', async () => {
  editor.settings['holdfast.agents'] = { [LINK]: { command: 1 } };
  await new SettingsReport().report();
  editor.settings['holdfast.defaultAgent'] = LINK;
  const agents = [{ id: 'shell', usable: true }];
  const connection: Partial<WindowConnection> = { request: () => Promise.resolve({ agents } as never) };
  const live = { create: () => Promise.resolve({ id: 's' }) };
  const parts = { connection, live, hosts: { get: () => undefined, all: [] } } as unknown;
  await newSession(parts as Parameters<typeof newSession>[0], { cwd: '/sea' });
  assert.equal(editor.shown.length, 2);
  for (const { text } of editor.shown) {
    assert.match(text, /fine/u);
    assert.ok(!text.includes(']('), text);
  }
});

test('the clipboard gets back what it had, also where a terminal gives nothing (U5)', async (t) => {
  env.clipboard.text = 'of the person';
  t.mock.method(commands, 'executeCommand', () => Promise.reject(new Error('no terminal')));
  const table = sendCommands({} as Parameters<typeof sendCommands>[0]);
  const send = table['holdfast.sendTerminalSelection'] as () => Promise<unknown>;
  await assert.rejects(send(), /no terminal/u);
  assert.equal(env.clipboard.text, 'of the person');
});

test('a selection that is too long is said to be cut (U5)', async (t) => {
  let selected = '';
  t.mock.method(commands, 'executeCommand', () => env.clipboard.writeText(selected));
  for (const length of [100_000, 100_001]) {
    editor.reset();
    selected = 'x'.repeat(length);
    const table = sendCommands({} as Parameters<typeof sendCommands>[0]);
    await assert.rejects((table['holdfast.sendTerminalSelection'] as () => Promise<unknown>)());
    assert.deepEqual(
      editor.shown.map(({ text }) => text),
      length === 100_000 ? [] : ['The selection is long: its first 100000 characters are sent.'],
    );
  }
});

test('what is wrong with agents and settings is said with the way to where it stands (U5)', async (t) => {
  const opened: unknown[] = [];
  t.mock.method(window, 'showTextDocument', (document: { readonly fsPath: string }) => {
    opened.push(document.fsPath);
    return Promise.resolve();
  });
  const problem = { agent: 'claude', source: 'file', problem: 'it has no command' };
  const report = new SettingsReport();
  report.reportAgents([problem], '/home/ada/agents.json');
  report.reportAgents([problem], '/home/ada/agents.json');
  assert.equal(editor.shown.length, 1);
  editor.shown[0]?.press('Open File');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(opened, ['/home/ada/agents.json']);
  // There may be no such file where the settings alone define agents.
  report.reportAgents([{ ...problem, source: 'settings' }], '/home/ada/agents.json');
  editor.shown.at(-1)?.press('Open Settings');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(editor.ran, [['workbench.action.openSettings', '@id:holdfast.agents']]);
  editor.ran = [];
  editor.settings['holdfast.defaultAgent'] = 'nobody';
  const agents = [{ id: 'shell', usable: true }];
  const parts = {
    connection: { request: () => Promise.resolve({ agents }) },
    live: { create: () => Promise.resolve({ id: 's' }) },
    hosts: { get: () => undefined, all: [] },
  } as unknown as Parameters<typeof newSession>[0];
  await newSession(parts, { cwd: '/sea' });
  editor.shown.at(-1)?.press('Open Settings');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(editor.ran, [['workbench.action.openSettings', '@id:holdfast.defaultAgent']]);
});
