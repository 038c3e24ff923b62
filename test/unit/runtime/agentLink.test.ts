import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deferred } from '../../../src/base/deferred.ts';
import type { Head } from '../../../src/protocol/head.ts';
import { newProcessId, newSessionId } from '../../../src/protocol/ids.ts';
import type { AgentExit, AgentPool, AgentProcess, ResolvedAgent } from '../../../src/runtime/agent/agent.ts';
import { diskFiles } from '../../../src/runtime/agent/clientFiles.ts';
import { AgentLink } from '../../../src/runtime/agentLink.ts';
import { ManualClock } from '../../support/manualClock.ts';

/** A link to an agent process that does nothing. A mode that its definition names is set when the test says so. */
function linked({ mode }: { readonly mode?: string } = {}) {
  const modeSet = new Deferred<void>();
  const exited = new Deferred<AgentExit>();
  const acquired: ResolvedAgent[] = [];
  const told: string[] = [];
  const state = { usable: true };
  const agentProcess: AgentProcess = {
    processId: newProcessId(),
    pid: 1,
    agentId: 'a',
    info: {},
    startedAt: 0,
    sessions: new Set(),
    get isUsable() {
      return state.usable;
    },
    exited: exited.promise,
    stop: () => Promise.resolve(),
    open: () =>
      Promise.resolve({
        agentSessionId: 's',
        how: 'new',
        prompt: () => Promise.resolve({ outcome: 'completed' }),
        cancel: () => undefined,
        configure() {
          told.push('configuring');
          return modeSet.promise;
        },
        close: () => Promise.resolve(void told.push('closed')),
      }),
  };
  const pool: AgentPool = {
    acquire(agent) {
      acquired.push(agent);
      return Promise.resolve(agentProcess);
    },
    processes: [],
    dispose: () => Promise.resolve(),
  };
  const link = new AgentLink(pool, new ManualClock(), {
    head: () => ({ sessionId: newSessionId(), cwd: '/', additionalDirectories: [] }) as unknown as Head,
    host: { emit: () => undefined, ask: () => Promise.resolve({ outcome: 'cancelled', reason: '' }) },
    resolve: () => ({
      record: { id: 'a', name: 'A', kind: 'acp', mode },
      env: { KEY: 'agent', KEPT: 'yes' },
    }),
    values: () => ({ env: { KEY: 'session' }, mcpServers: {} }),
    secrets: () => new Set(['session']),
    files: () => ({ ...diskFiles, dispose: () => told.push('files let go') }),
    signIn: ({ error }) => Promise.reject(error),
    onStarted: () => told.push('started'),
    onFailed: () => told.push('failed'),
    onLost: () => told.push('lost'),
  });
  return { link, acquired, told, exited, state, modeSet };
}

test('P6: the process that hosts a session has the session’s environment over its agent’s', async () => {
  const { link, acquired } = linked();
  await link.ensure();
  assert.deepEqual(acquired[0]?.env, { KEY: 'session', KEPT: 'yes' });
});

test('a failed request waits for the news of a loss only when the process is gone', async () => {
  const { link, told, exited, state } = linked();
  await link.ensure();
  await link.lossTold();
  state.usable = false;
  const waiting = link.lossTold();
  exited.resolve({ exitCode: 1, signal: null, stderrTail: '', expected: false });
  await waiting;
  assert.deepEqual(told, ['started', 'files let go', 'lost']);
});

test('a session that is closed while its agent takes the mode it begins in is not held any more (O3)', async () => {
  const { link, told, modeSet } = linked({ mode: 'plan' });
  const opening = assert.rejects(link.ensure(), { kind: 'interrupted' });
  while (!told.includes('configuring')) await new Promise((resolve) => setImmediate(resolve));
  await link.close();
  modeSet.resolve();
  await opening;
  assert.deepEqual([link.live, told], [undefined, ['configuring', 'closed', 'files let go']]);
});
