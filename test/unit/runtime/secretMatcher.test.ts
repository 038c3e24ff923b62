import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RedactedText } from '../../../src/runtime/redactedText.ts';
import { redactValue } from '../../../src/runtime/redactValue.ts';
import { REDACTED, SecretMatcher } from '../../../src/runtime/secretMatcher.ts';
import { randomFrom } from '../../support/seeded.ts';

const SECRET = 'sk-Ab9+/x "quoted"';

/** The pieces of a stream, as they are shown. */
function shown(pieces: readonly string[], matcher: SecretMatcher): string[] {
  const stream = new RedactedText();
  return [...pieces.map((piece) => stream.push(piece, matcher)), stream.end(matcher)];
}

test('a secret is found as it is, in JSON, in a URL, and in base64 at any alignment (C5)', () => {
  const matcher = new SecretMatcher([SECRET]);
  const written = [
    SECRET,
    JSON.stringify({ inside: SECRET }),
    JSON.stringify(JSON.stringify(SECRET)),
    encodeURIComponent(SECRET),
    ...['', 'a', 'ab', 'abc'].map((before) => Buffer.from(`${before}${SECRET} and more`).toString('base64')),
    Buffer.from(`x${SECRET}`).toString('base64url'),
  ];
  for (const text of written) {
    const [before, after] = ['it is: ', ', you see'];
    const result = matcher.redact(before + text + after);
    assert.ok(result.includes(REDACTED), text);
    assert.ok(result.startsWith(before) && result.endsWith(after), result);
  }
  assert.equal(matcher.redact('nothing here'), 'nothing here');
});

test('secrets that overlap leave nothing of either (C5)', () => {
  const matcher = new SecretMatcher(['xxabcdef', 'cdefghij', 'cdefghijKLMN']);
  assert.equal(matcher.redact('(xxabcdefghijKLMN)'), `(${REDACTED})`);
  assert.equal(shown('(xxabcdefghijKLMN)'.split(''), matcher).join(''), `(${REDACTED})`);
});

test('what is held back is never longer than the longest secret less one, and comes when it turned out to be harmless (C5)', () => {
  const matcher = new SecretMatcher(['password-1']);
  assert.deepEqual(shown(['my pass', 'word', 'less life'], matcher), ['my ', '', 'passwordless life', '']);
  assert.deepEqual(shown(['it ends with pass'], matcher), ['it ends with ', 'pass']);
  assert.deepEqual(shown(['password-', '1 and password-', '1'], matcher), [
    '',
    `${REDACTED} and `,
    REDACTED,
    '',
  ]);
});

test('text without secrets passes unchanged, however it is split; a secret never does (C5)', () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = randomFrom(seed);
  for (let round = 0; round < 400; round++) {
    const alphabet = random.pick(['ab', 'abc-', 'Aa0é😀 "\\']);
    const letters = Array.from(alphabet);
    const word = (length: number): string => Array.from({ length }, () => random.pick(letters)).join('');
    const secrets = Array.from({ length: random.between(1, 4) }, () => word(random.between(4, 12)));
    const matcher = new SecretMatcher(secrets);
    const parts = Array.from({ length: random.between(1, 8) }, () =>
      random.between(0, 1) === 0 ? word(random.between(0, 30)) : random.pick(secrets),
    );
    const whole = parts.join('');
    const pieces: string[] = [];
    for (let rest = whole; rest !== '';) {
      const length = random.between(1, 9);
      pieces.push(rest.slice(0, length));
      rest = rest.slice(length);
    }
    const told = shown(pieces, matcher).join('');
    const about = JSON.stringify({ seed, round, secrets, pieces, told });
    assert.equal(told, matcher.redact(whole), about);
    if (whole === matcher.redact(whole)) assert.equal(told, whole, about);
    const remains = told.split(REDACTED);
    for (const secret of secrets) assert.ok(!remains.some((text) => text.includes(secret)), about);
  }
});

test('values are redacted at any depth, names of fields are not, and a cycle stays one (C5)', () => {
  const matcher = new SecretMatcher(['hunter22', '12345678']);
  const inner: Record<string, unknown> = {
    hunter22: 'is hunter22',
    list: ['x', { deep: 'hunter22!' }],
    n: 12345678,
  };
  const value: Record<string, unknown> = {
    rawInput: inner,
    shared: inner,
    cwd: '/hunter22',
    harmless: { a: [1, 'b'] },
  };
  inner['self'] = value;
  const result = redactValue(value, matcher);
  const shownInner = result['rawInput'] as typeof inner;
  assert.equal(shownInner['hunter22'], `is ${REDACTED}`);
  assert.deepEqual(shownInner['list'], ['x', { deep: `${REDACTED}!` }]);
  assert.equal(shownInner['n'], REDACTED);
  assert.equal(shownInner['self'], result);
  assert.equal(result['harmless'], value['harmless']);
  assert.equal(result['cwd'], '/hunter22', 'a directory must be found again');
  const clean = { a: [{ b: 'c' }] };
  assert.equal(redactValue(clean, matcher), clean);
});

test('what is left of a secret where a text was cut goes too (C5)', () => {
  const matcher = new SecretMatcher(['abcdefghijkl']);
  assert.equal(matcher.redactCut('efghijkl is how it ends', { start: true }), `${REDACTED} is how it ends`);
  assert.equal(matcher.redactCut('it begins abcdefgh', { end: true }), `it begins ${REDACTED}`);
  assert.equal(matcher.redactCut('it begins abc', { end: true }), 'it begins abc');
});

test('bytes are redacted as text is, and what is no text stays (C5)', () => {
  const matcher = new SecretMatcher(['gehéim42']);
  const bytes = Buffer.concat([Buffer.from([0xff, 0x00, 0xc3]), Buffer.from('gehéim42!')]);
  const result = matcher.redactBytes(bytes);
  assert.deepEqual(
    Buffer.from(result),
    Buffer.concat([Buffer.from([0xff, 0x00, 0xc3]), Buffer.from(`${REDACTED}!`)]),
  );
  assert.equal(matcher.redactBytes(Buffer.from('none')).byteLength, 4);
});
