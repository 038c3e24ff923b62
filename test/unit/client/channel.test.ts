import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError, ConnectionErrors, ResponseError } from 'vscode-jsonrpc/node';
import { listenTo, notConnected, readResult, requestError } from '../../../src/client/channel.ts';
import { HoldfastError, isHoldfastError } from '../../../src/protocol/errors.ts';
import { FakeChannel } from './fakeChannel.ts';

test('a response of the runtime becomes its error again', () => {
  const error = requestError(
    'session/prompt',
    new ResponseError(1004, 'busy', { kind: 'sessionBusy', details: { turnId: 'T' } }),
  );
  assert.equal(error.kind, 'sessionBusy');
  assert.deepEqual(error.details, { turnId: 'T' });
  assert.equal(requestError('x', new ResponseError(-32601, 'no such method')).kind, 'methodNotFound');
});

test('whatever means that the connection is gone becomes connectionLost, naming the method', () => {
  const gone = [
    new ConnectionError(ConnectionErrors.Closed, 'closed'),
    new ConnectionError(ConnectionErrors.Disposed, 'disposed'),
    ...[-32096, -32097, -32098, -32099].map((code) => new ResponseError(code, 'gone')),
    new Error('write EPIPE'),
  ];
  for (const error of gone) {
    const ours = requestError('session/prompt', error);
    assert.equal(ours.kind, 'connectionLost', String(error));
    assert.match(ours.message, /session\/prompt/);
  }
});

test('a cancelled request is aborted, and an error of ours stays what it is', () => {
  assert.equal(requestError('x', new ResponseError(-32800, 'cancelled')).kind, 'aborted');
  const own = new HoldfastError('timedOut', 'late');
  assert.equal(requestError('x', own), own);
});

test('a result that cannot be understood names the method and the field', () => {
  assert.throws(
    () => readResult('session/prompt', { sessionId: 'S', turnId: 'T' }),
    (error) =>
      isHoldfastError(error, 'badAnswer') &&
      /session\/prompt/.test(error.message) &&
      /queued/.test(error.message),
  );
});

test('a request without a connection says why there is none', () => {
  assert.equal(notConnected({ state: 'reconnecting', problem: undefined }, 'x').kind, 'connectionLost');
  assert.equal(notConnected({ state: 'closed', problem: undefined }, 'x').kind, 'connectionClosed');
  const problem = new HoldfastError('incompatible', 'too old');
  assert.equal(notConnected({ state: 'incompatible', problem }, 'x'), problem);
});

test('a notification that cannot be read is logged and left out', () => {
  const channel = new FakeChannel().connect();
  const log: string[] = [];
  const seen: unknown[] = [];
  const listen = listenTo(channel, 'runtime/state', (line) => log.push(line));
  listen(() => {
    throw new Error('listener');
  });
  listen((state) => seen.push(state.state));
  channel.emit('runtime/state', { state: 'asleep', storage: 'ok' });
  channel.emit('runtime/state', { state: 'ready', storage: 'ok' });
  assert.deepEqual(seen, ['ready']);
  assert.equal(log.length, 2);
});
