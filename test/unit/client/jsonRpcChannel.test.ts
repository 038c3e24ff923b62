import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createMessageConnection,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { Deferred } from '../../../src/base/deferred.ts';
import type { ChannelState } from '../../../src/client/channel.ts';
import { createDialer } from '../../../src/client/dial.ts';
import { createJsonRpcChannel, type JsonRpcChannel } from '../../../src/client/jsonRpcChannel.ts';
import type { Reached } from '../../../src/client/reach.ts';
import { HoldfastError, isHoldfastError } from '../../../src/protocol/errors.ts';
import { frameTransport, type FrameSocket } from '../../../src/protocol/frames.ts';
import { ManualClock } from '../../support/manualClock.ts';

/** Two ends of a socket in memory. Frames arrive in order, a tick later. */
function socketPair(): [FrameSocket, FrameSocket] {
  const text: ((text: string) => void)[][] = [[], []];
  const close: ((code: number, reason: string) => void)[][] = [[], []];
  const end = (own: 0 | 1): FrameSocket => ({
    send(frame, done) {
      queueMicrotask(() => text[1 - own]?.forEach((listener) => listener(frame)));
      done();
    },
    close: (code, reason) => queueMicrotask(() => close.flat().forEach((listener) => listener(code, reason))),
    onText: (listener) => text[own]?.push(listener),
    onClose: (listener) => close[own]?.push(listener),
    onError() {},
  });
  return [end(0), end(1)];
}

interface Runtime {
  readonly connection: MessageConnection;
  readonly initialized: Promise<unknown>;
}

const hello = {
  protocol: 1,
  range: { min: 1, max: 1 },
  sessionIds: 'client',
  buildId: 'b',
  pid: 7,
  runtimeId: 'r',
  home: '/home',
};

/** A channel whose every dial reaches a runtime that the test plays. */
function setup(answers: Record<string, (params: never, token: CancellationToken) => unknown> = {}) {
  const runtimes: Runtime[] = [];
  const clock = new ManualClock();
  let refuse: HoldfastError | undefined;
  const dialer = createDialer({
    home: '/home',
    log: () => {},
    clock,
    reach: async () => {
      if (refuse !== undefined) throw refuse;
      const [near, far] = socketPair();
      const { reader, writer } = frameTransport(far);
      const connection = createMessageConnection(reader, writer);
      const initialized = new Deferred<unknown>();
      connection.onRequest('initialize', (params) => {
        initialized.resolve(params);
        return { capabilities: {}, holdfast: hello };
      });
      for (const [method, answer] of Object.entries(answers)) connection.onRequest(method, answer);
      connection.listen();
      runtimes.push({ connection, initialized: initialized.promise });
      return { transport: frameTransport(near), entry: {} } as unknown as Reached;
    },
  });
  const channel = createJsonRpcChannel({
    dialer,
    clock,
    log: () => {},
    firstAttempts: 1,
    hello: { protocol: { min: 1, max: 1 }, client: { id: 'c', kind: 'library', name: 'test' } },
  });
  return { channel, runtimes, clock, refuse: (error: HoldfastError) => (refuse = error) };
}

const becomes = (channel: JsonRpcChannel, wanted: ChannelState): Promise<void> =>
  new Promise((resolve) => {
    const subscription = channel.onState((state) => {
      if (state !== wanted) return;
      subscription.dispose();
      resolve();
    });
  });

test('initialize carries the client’s hello, and its answer is the channel’s', async () => {
  const { channel, runtimes } = setup();
  await becomes(channel, 'connected');
  const params = (await runtimes[0]?.initialized) as {
    initializationOptions: { holdfast: { client: { name: string } } };
  };
  assert.equal(params.initializationOptions.holdfast.client.name, 'test');
  assert.equal(channel.hello?.runtimeId, 'r');
  assert.equal(channel.generation, 1);
  channel.dispose();
});

test('results are validated, and errors of the runtime keep their kind', async () => {
  const { channel } = setup({
    'session/list': () => ({ sessions: [] }),
    'session/get': () => ({ nonsense: true }),
    'session/end': () => new ResponseError(1004, 'a turn runs', { kind: 'sessionBusy', details: {} }),
  });
  await becomes(channel, 'connected');
  assert.deepEqual(await channel.request('session/list', {}), { sessions: [] });
  await assert.rejects(
    channel.request('session/get', {}),
    (error) => isHoldfastError(error, 'badAnswer') && /session\/get/.test(error.message),
  );
  await assert.rejects(
    channel.request('session/end', { sessionId: 'S' as never, commandId: 'C' as never }),
    (error) => isHoldfastError(error, 'sessionBusy'),
  );
  channel.dispose();
});

test('an abort rejects at once and cancels the request on the wire', async () => {
  const cancelled = new Deferred<void>();
  const arrived = new Deferred<void>();
  const { channel } = setup({
    'session/list': (_params, token) => {
      arrived.resolve();
      token.onCancellationRequested(() => cancelled.resolve());
      return new Promise(() => {});
    },
  });
  await becomes(channel, 'connected');
  const controller = new AbortController();
  const list = channel.request('session/list', {}, { signal: controller.signal });
  await arrived.promise;
  controller.abort();
  await assert.rejects(list, (error) => isHoldfastError(error, 'aborted'));
  await cancelled.promise;
  channel.dispose();
});

test('a request that takes too long rejects with timedOut', async () => {
  const { channel, clock } = setup({ 'session/list': () => new Promise(() => {}) });
  await becomes(channel, 'connected');
  const list = channel.request('session/list', {}, { timeoutMs: 100 });
  clock.advance(100);
  await assert.rejects(
    list,
    (error) => isHoldfastError(error, 'timedOut') && /session\/list/.test(error.message),
  );
  channel.dispose();
});

test('a lost connection fails what is in flight, is made again, and grows the generation; handlers survive', async () => {
  const { channel, runtimes } = setup({ 'session/list': () => new Promise(() => {}) });
  await becomes(channel, 'connected');
  const states: string[] = [];
  const seen: unknown[] = [];
  channel.onState((state) => states.push(state));
  channel.on('runtime/state', (params) => seen.push(params));
  const list = channel.request('session/list', {});
  runtimes[0]?.connection.end();
  await assert.rejects(list, (error) => isHoldfastError(error, 'connectionLost'));
  await becomes(channel, 'connected');
  assert.deepEqual(states, ['reconnecting', 'connected']);
  assert.equal(channel.generation, 2);
  const delivered = new Promise((resolve) => channel.on('runtime/state', resolve));
  await runtimes[1]?.connection.sendNotification('runtime/state', { state: 'ready', storage: 'ok' });
  await delivered;
  assert.deepEqual(seen, [{ state: 'ready', storage: 'ok' }]);
  channel.dispose();
});

test('while there is no connection, requests are refused and notifications dropped', async () => {
  const { channel } = setup();
  await assert.rejects(channel.request('session/list', {}), (error) =>
    isHoldfastError(error, 'connectionLost'),
  );
  channel.notify('feed/credit', { bytes: 1 });
  await becomes(channel, 'connected');
  channel.dispose();
});

test('a runtime of another version makes the channel incompatible with its words, until a retry finds a better one', async () => {
  const compatible = { ...hello };
  Object.assign(hello, { protocol: null, incompatible: 'update Holdfast' });
  const { channel } = setup();
  await becomes(channel, 'incompatible');
  assert.equal(channel.problem?.message, 'update Holdfast');
  await assert.rejects(channel.request('session/list', {}), (error) =>
    isHoldfastError(error, 'incompatible'),
  );
  Object.assign(hello, compatible, { incompatible: undefined });
  channel.retryNow();
  await becomes(channel, 'connected');
  assert.equal(channel.problem, undefined);
  channel.dispose();
});

test('when dialling gives up, the channel is closed and says why', async () => {
  const { channel, refuse } = setup();
  refuse(new HoldfastError('noUsableNode', 'no Node'));
  await becomes(channel, 'closed');
  assert.equal(channel.problem?.kind, 'noUsableNode');
  await assert.rejects(channel.request('session/list', {}), (error) =>
    isHoldfastError(error, 'noUsableNode'),
  );
});

test('disposing closes for good and settles what is in flight', async () => {
  const { channel } = setup({ 'session/list': () => new Promise(() => {}) });
  await becomes(channel, 'connected');
  const list = channel.request('session/list', {});
  channel.dispose();
  channel.dispose();
  await assert.rejects(list, (error) => isHoldfastError(error, 'connectionLost'));
  assert.equal(channel.state, 'closed');
  await assert.rejects(channel.request('session/list', {}), (error) =>
    isHoldfastError(error, 'connectionClosed'),
  );
});
