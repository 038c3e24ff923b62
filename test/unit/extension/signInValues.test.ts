import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Emitter } from '../../../src/base/emitter.ts';
import type { RuntimeHello } from '../../../src/protocol/handshake.ts';
import type { InteractionId } from '../../../src/protocol/ids.ts';
import { SignInValues, type SignInValuesParts } from '../../../src/extension/signInValues.ts';
import { summary } from './summary.ts';

const kept = { methodId: 'key', env: { TIDE_TOKEN: 'right-token-4711' } };
const needs = [{ interactionId: 'i' as InteractionId, kind: 'question', title: 'Sign in to Tidal' }] as const;
const waiting = summary('Ebb', { agent: { id: 'tidal', name: 'Tidal' }, phase: 'waiting', needs });

/** Kept values over a runtime that is played: `asked` are its sign-ins, and `signIn` what it says of the agent. */
function harness(t: TestContext) {
  const stored = new Map<string, string>();
  const changed = new Emitter<void>();
  const agentsChanged = new Emitter<object>();
  const logged: string[] = [];
  const played = {
    stored,
    logged,
    asked: [] as unknown[],
    sessions: [waiting] as readonly (typeof waiting)[],
    signIn: 'required',
    runtimeId: 'first',
    refuses: false,
    change: () => changed.fire(),
    /** Resolves when everything that was begun is done. */
    settled: () => new Promise<void>((resolve) => setImmediate(resolve)),
  };
  const request = (method: string, params: unknown): Promise<unknown> => {
    if (method === 'agent/list')
      return Promise.resolve({ agents: [{ id: 'tidal', signIn: played.signIn }], problems: [] });
    played.asked.push(params);
    return played.refuses ? Promise.reject(new Error('wrong')) : Promise.resolve({ state: 'signedIn' });
  };
  const parts: SignInValuesParts = {
    secrets: {
      get: (key) => Promise.resolve(stored.get(key)),
      store: (key, value) => Promise.resolve(void stored.set(key, value)),
      delete: (key) => Promise.resolve(void stored.delete(key)),
    },
    connection: {
      request: request as SignInValuesParts['connection']['request'],
      onAgentsChange: (listener) => agentsChanged.listen(listener),
      get hello() {
        return { runtimeId: played.runtimeId } as RuntimeHello;
      },
    },
    list: { sorted: () => played.sessions, onChange: (listener) => changed.listen(listener) },
    log: (line) => void logged.push(line),
  };
  const values = new SignInValues(parts);
  t.after(() => values.dispose());
  return { ...played, played, values };
}

test('values that a person gave are supplied to the next runtime when a session waits for them, once (A7)', async (t) => {
  const { played, values, change, settled, asked } = harness(t);
  await values.keep('tidal', kept);
  change();
  await settled();
  assert.deepEqual(asked, [], 'the runtime that took them has them');
  played.runtimeId = 'second';
  for (let round = 0; round < 3; round++) {
    change();
    await settled();
  }
  assert.deepEqual(asked, [{ agent: 'tidal', ...kept }]);
});

test('nothing is supplied while nobody asks for a sign-in, nor after a sign-out (A7)', async (t) => {
  const { played, values, change, settled, asked } = harness(t);
  await values.keep('tidal', kept);
  played.runtimeId = 'second';
  played.sessions = [summary('Ebb', { agent: { id: 'tidal', name: 'Tidal' } })];
  change();
  await settled();
  played.sessions = [waiting];
  played.signIn = 'unknown';
  change();
  await settled();
  assert.deepEqual(asked, []);
  await values.forget('tidal');
  played.signIn = 'required';
  change();
  await settled();
  assert.deepEqual(asked, []);
});

test('values that are not taken any more leave the card to the person, and the log names no value (A7, C5)', async (t) => {
  const { played, values, change, settled, asked, logged } = harness(t);
  await values.keep('tidal', kept);
  played.runtimeId = 'second';
  played.refuses = true;
  for (let round = 0; round < 3; round++) {
    change();
    await settled();
  }
  assert.equal(asked.length, 1);
  assert.match(logged.join('\n'), /kept for tidal did not sign in: wrong/u);
  assert.doesNotMatch(logged.join('\n'), /4711/u);
});
