import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostLook, hostNotes } from '../../../src/extension/hostLook.ts';
import {
  hostConnectionView,
  hostView,
  type HostFacts,
  type HostView,
} from '../../../src/extension/hostView.ts';
import { readRemoteSettings } from '../../../src/extension/remoteSettings.ts';
import { HoldfastError } from '../../../src/protocol/errors.ts';

const t = (text: string, ...values: readonly unknown[]): string =>
  values.reduce<string>((words, value, index) => words.replace(`{${index}}`, String(value)), text);
const gone = new HoldfastError('runtimeUnreachable', 'the remote box cannot be reached: refused');
const wrong = new HoldfastError('accessRefused', 'the remote box does not take the token');
const dial = { state: 'waiting', attempt: 2, nextAttemptAt: 9 } as const;

const cases: readonly [string, Partial<HostFacts>, HostView['state'], string | undefined][] = [
  ['nobody wants it', {}, 'idle', undefined],
  ['its token is being read', { preparing: true }, 'connecting', undefined],
  ['it has no token', { problem: wrong }, 'refused', wrong.message],
  ['its definition is broken', { problem: gone }, 'unreachable', gone.message],
  ['the first attempt runs', { channel: 'starting' }, 'connecting', undefined],
  [
    'the first attempt failed',
    { channel: 'starting', dial: { ...dial, lastError: gone } },
    'unreachable',
    gone.message,
  ],
  ['it is there', { channel: 'connected' }, 'connected', undefined],
  ['it was lost just now', { channel: 'reconnecting' }, 'reconnecting', undefined],
  [
    'it stays away',
    { channel: 'reconnecting', dial: { ...dial, lastError: gone } },
    'unreachable',
    gone.message,
  ],
  ['it speaks another version', { channel: 'incompatible', problem: gone }, 'incompatible', gone.message],
  ['it refuses the token', { channel: 'closed', problem: wrong }, 'refused', wrong.message],
];

test('every state of a remote host says what it is, and what is wrong comes with what helps (U8)', () => {
  for (const [what, facts, state, detail] of cases) {
    const view = hostView({ preparing: false, ...facts });
    assert.deepEqual([view.state, view.detail], [state, detail], what);
    assert.ok(hostLook(view, t).label, what);
    const notes = hostNotes(view, t);
    assert.equal(notes[0]?.text, detail, what);
    assert.equal(notes.at(-1)?.command !== undefined, detail !== undefined, what);
    assert.equal(hostConnectionView('box', view).host, 'box', what);
    assert.equal(hostConnectionView('box', view).state === 'connected', state === 'connected', what);
  }
  const failing = hostView({ preparing: false, channel: 'connected', storageProblem: 'disk full' });
  assert.equal(hostConnectionView('box', failing).storageProblem, 'disk full');
  assert.equal(hostNotes(failing, t)[0]?.text, 'disk full');
});

test('a broken remote host in the settings is named with what is wrong, and the others stay', () => {
  const { remotes, wrong: problems } = readRemoteSettings(
    {
      box: { url: 'wss://box.example:7455', ca: 'box.pem' },
      pipe: { url: '/run/forwarded.sock', tokenFile: 'token' },
      web: { url: 'https://box.example' },
      told: { url: 'wss://box.example?token=x' },
      empty: {},
    },
    t,
  );
  assert.deepEqual(Object.keys(remotes), ['box', 'pipe']);
  assert.deepEqual(
    problems.map(({ setting }) => setting),
    ['web', 'told', 'empty'].map((name) => `holdfast.remotes.${name}`),
  );
  assert.match(problems[0]?.problem ?? '', /wss:/u);
  assert.match(problems[1]?.problem ?? '', /secret/u);
  assert.match(problems[2]?.problem ?? '', /url/u);
  assert.equal(readRemoteSettings([], t).wrong[0]?.setting, 'holdfast.remotes');
  assert.deepEqual(readRemoteSettings(undefined, t), { remotes: {}, wrong: [] });
});
