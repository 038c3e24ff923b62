import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameTransport, MAX_DEPTH, type FrameSocket, type Message } from '../../../src/protocol/frames.ts';

function pair() {
  let text: (value: string) => void = () => undefined;
  let close: (code: number, reason: string) => void = () => undefined;
  const closed: [number, string][] = [];
  const socket: FrameSocket = {
    send: (_, done) => done(),
    close: (code, reason) => closed.push([code, reason]),
    onText: (listener) => (text = listener),
    onClose: (listener) => (close = listener),
    onError: () => undefined,
  };
  const transport = frameTransport(socket);
  return { transport, closed, receive: (value: string) => text(value), drop: () => close(1006, '') };
}

const message = '{"jsonrpc":"2.0","method":"x"}';

test('frames that come before anyone listens are kept, in order', () => {
  const { transport, receive } = pair();
  receive(message);
  receive('{"jsonrpc":"2.0","method":"y"}');
  const got: Message[] = [];
  transport.reader.listen((value) => got.push(value));
  assert.deepEqual(
    got.map((value) => (value as unknown as { method: string }).method),
    ['x', 'y'],
  );
});

test('a close before anyone listens is told to who listens then', async () => {
  const { transport, drop } = pair();
  drop();
  const told = new Promise<void>((resolve) => transport.reader.onClose(() => resolve()));
  transport.reader.listen(() => undefined);
  await told;
});

test('a write after the close rejects', async () => {
  const { transport, drop } = pair();
  drop();
  await assert.rejects(transport.writer.write({ jsonrpc: '2.0' }), /closed/u);
});

for (const [what, frame, code] of [
  ['no JSON', '{"jsonrpc"', 1007],
  ['an array', `[${message}]`, 1008],
  ['another protocol', '{"jsonrpc":"1.0"}', 1008],
  ['nothing but a string', '"hello"', 1008],
  [
    'JSON that nests too deep',
    `{"jsonrpc":"2.0","params":${'['.repeat(MAX_DEPTH + 1)}${']'.repeat(MAX_DEPTH + 1)}}`,
    1008,
  ],
] as const) {
  test(`a frame that is ${what} closes the connection and says why (S1)`, () => {
    const { transport, receive, closed } = pair();
    const errors: Error[] = [];
    transport.reader.onError((error) => errors.push(error));
    transport.reader.listen(() => assert.fail('nothing must come through'));
    receive(frame);
    assert.equal(closed[0]?.[0], code);
    assert.ok((closed[0]?.[1] ?? '') !== '' && errors.length === 1);
  });
}

test('brackets inside strings are not depth, whatever is escaped in them', () => {
  const { transport, receive, closed } = pair();
  const got: Message[] = [];
  transport.reader.listen((value) => got.push(value));
  receive(JSON.stringify({ jsonrpc: '2.0', params: [`${'['.repeat(500)}"\\\\`, '\\', '\\"[[[['] }));
  assert.equal(got.length, 1);
  assert.deepEqual(closed, []);
});
