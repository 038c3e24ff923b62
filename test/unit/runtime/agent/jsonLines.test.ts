import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { readJsonLines } from '../../../../src/runtime/agent/jsonLines.ts';

/** What is told of chunks, as words, when no line may have more than 100 bytes. */
function read(...chunks: readonly string[]): string[] {
  const told: string[] = [];
  const stream = new PassThrough();
  const reader = {
    onMessage(message: Record<string, unknown>) {
      if (message['method'] === 'bad') throw new Error('it cannot be taken in');
      told.push(`message ${String(message['method'])}`);
    },
    onFailed: (error: unknown) => void told.push(String(error)),
    onStray: (line: string) => void told.push(`stray ${line}`),
    onTooLong: (most: number) => void told.push(`more than ${most}`),
    onEnd: () => void told.push('end'),
  };
  readJsonLines(stream, reader, 100);
  for (const chunk of chunks) stream.emit('data', Buffer.from(chunk));
  stream.emit('close');
  return told;
}

test('messages come in order, however they are cut, and what is none is kept aside (P6)', () => {
  const whole = '{"method":"a"}\nhello\n{"method":"b"}\n';
  const expected = ['message a', 'stray hello', 'message b', 'end'];
  assert.deepEqual(read(whole), expected);
  assert.deepEqual(read(...whole.split('')), expected);
});

test('a message that cannot be taken in is told of, and keeps none of those after it (P6, S4)', () => {
  assert.deepEqual(read('{"method":"bad"}\n{"method":"a"}\n{"method":', '"b"}\n'), [
    ...['Error: it cannot be taken in', 'message a', 'message b', 'end'],
  ]);
});

test('nothing that follows a line beyond the bound is read, in the same piece or a later one (P6)', () => {
  const long = 'x'.repeat(101);
  assert.deepEqual(read(`${long}\n{"method":"a"}\n`, '{"method":"b"}\n'), ['more than 100', 'end']);
  assert.deepEqual(read(long, `${long}\n{"method":"a"}\n`), ['more than 100', 'end']);
  assert.deepEqual(read(`${'x'.repeat(60)}`, `${'x'.repeat(60)}\n`, '{"method":"a"}'), [
    'more than 100',
    'end',
  ]);
});

test('a pipe that is always full is read one piece a turn of the event loop, so that others have theirs (law 7)', async () => {
  const pieces = 5;
  let left = pieces;
  const turns: number[] = [];
  let now = 0;
  const stream = new Readable({
    highWaterMark: 1,
    read() {
      this.push(left-- > 0 ? Buffer.from('{"method":"a"}\n') : null);
    },
  });
  const ended = new Promise<void>((resolve) => {
    readJsonLines(stream, {
      onMessage: () => void turns.push(now),
      onFailed: assert.fail,
      onStray: () => undefined,
      onTooLong: () => undefined,
      onEnd: resolve,
    });
  });
  let over = false;
  void ended.then(() => (over = true));
  while (!over) {
    await setImmediate();
    now++;
  }
  assert.equal(turns.length, pieces);
  assert.equal(new Set(turns).size, pieces, `two pieces came in one turn: ${turns.join(', ')}`);
});
