import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AnsiReader, type Piece } from '../../../src/webview/output/ansi.ts';

const read = (...chunks: string[]): Piece[] => {
  const reader = new AnsiReader();
  return chunks.flatMap((chunk) => reader.read(chunk));
};
const textOf = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (piece === 'return' ? '⏎' : piece.text)).join('');

test('colours and weights are read and reset', () => {
  assert.deepEqual(read('a\u001b[1;31mb\u001b[0mc\u001b[92md\u001b[39me'), [
    { text: 'a', style: {} },
    { text: 'b', style: { bold: true, foreground: 1 } },
    { text: 'c', style: {} },
    { text: 'd', style: { foreground: 10 } },
    { text: 'e', style: { foreground: undefined } },
  ]);
});

test('palette and true colours are read, broken ones left out', () => {
  const styleOf = (sequence: string): unknown => {
    const [piece] = read(`${sequence}x`);
    return piece === 'return' ? undefined : piece?.style;
  };
  assert.deepEqual(styleOf('\u001b[38;5;9m'), { foreground: 9 });
  assert.deepEqual(styleOf('\u001b[38;5;196m'), { foreground: '#ff0000' });
  assert.deepEqual(styleOf('\u001b[48;5;244m'), { background: '#808080' });
  assert.deepEqual(styleOf('\u001b[38;2;1;2;300m'), { foreground: '#0102ff' });
  assert.deepEqual(styleOf('\u001b[38;5;999m'), {});
});

test('a sequence that is cut in two chunks is one', () => {
  assert.deepEqual(read('a\u001b[3', '1mb'), [
    { text: 'a', style: {} },
    { text: 'b', style: { foreground: 1 } },
  ]);
  assert.equal(textOf(read('a\u001b', ']0;title\u0007b')), 'ab');
});

test('every other sequence is left out', () => {
  assert.equal(
    textOf(
      read(
        'a\u001b[2J\u001b[1;1Hb\u001b]8;;https://x\u001b\\c\u001b]8;;\u0007d\u001b(Be\u0007f\bg\u001b[?25l',
      ),
    ),
    'abcdefg',
  );
});

test('a carriage return writes the line anew, one before a line feed does not', () => {
  assert.equal(textOf(read('10%\r20%\r\ndone\n')), '10%⏎20%\ndone\n');
  assert.equal(textOf(read('10%\r', '20%\r', '\n')), '10%⏎20%\n');
  assert.equal(textOf(read('a\r\r\nb')), 'a\nb');
});

test('no input makes it throw or lose plain text', () => {
  let seed = 1;
  const next = (): number => (seed = (seed * 48271) % 2147483647);
  const alphabet = ['\u001b', '[', ']', ';', 'm', '3', '8', '5', '\r', '\n', 'x', '\u0007', '\\', '(', 'P'];
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: 40 }, () => alphabet[next() % alphabet.length]).join('');
    const whole = textOf(read(text));
    const cut = next() % text.length;
    assert.equal(textOf(read(text.slice(0, cut), text.slice(cut))), whole, JSON.stringify(text));
  }
});
