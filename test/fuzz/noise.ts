import type { Random } from '../support/seeded.ts';

/** Values that a hostile or broken program might put anywhere, none of which does harm when it is run. */
const values: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1e308,
  () => '',
  () => 'x',
  () => '\u0000\ud800',
  () => [],
  () => ({}),
  () => ({ __proto__: null, constructor: { prototype: { polluted: true } } }),
  (random) => 'long '.repeat(random.between(1, 5000)),
  (random) => random.bytes(random.between(0, 64)).toString('latin1'),
  (random) => Array.from({ length: random.between(0, 5) }, () => anyValue(random)),
];

export function anyValue(random: Random): unknown {
  return random.pick(values)(random);
}

/** A copy of a JSON value in which some parts are replaced, removed or added. */
export function mutated(value: unknown, random: Random): unknown {
  if (random() < 0.1) return anyValue(random);
  if (Array.isArray(value)) return value.flatMap((each) => (random() < 0.1 ? [] : [mutated(each, random)]));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(() => random() > 0.1)
    .map(([key, inner]) => [key, mutated(inner, random)]);
  return Object.fromEntries(
    random() < 0.2 ? [...entries, [random.pick(['__proto__', 'type', 'x', '']), anyValue(random)]] : entries,
  );
}

/** A line that an agent must never print: bytes, JSON of all kinds, updates with the wrong shape. */
export function agentLine(random: Random): Buffer {
  const kind = random();
  if (kind < 0.3) return random.bytes(random.between(0, 200));
  if (kind < 0.4) return Buffer.from(JSON.stringify(anyValue(random)));
  const message = {
    jsonrpc: '2.0',
    id: random.pick([undefined, 1, 'x', null, 99_999]),
    method: random.pick([
      'session/update',
      'session/request_permission',
      'fs/read_text_file',
      'terminal/create',
      'x',
      undefined,
    ]),
    params: {
      sessionId: random.pick(['garbled', 'other', null]),
      update: {
        sessionUpdate: random.pick([
          'agent_message_chunk',
          'tool_call',
          'tool_call_update',
          'plan',
          'usage_update',
          'x',
        ]),
        content: random.pick<unknown>([
          { type: 'text', text: 'hello' },
          [{ type: 'diff', path: '/a', newText: 'b' }],
          anyValue(random),
        ]),
        ...{
          toolCallId: random.pick(['a', 'b']),
          title: 'A title',
          entries: [anyValue(random)],
          used: anyValue(random),
        },
      },
      ...{
        options: [anyValue(random)],
        toolCall: anyValue(random),
        command: anyValue(random),
        path: anyValue(random),
      },
    },
    result: random.pick([undefined, anyValue(random)]),
  };
  const text = Buffer.from(JSON.stringify(mutated(message, random)) ?? 'undefined');
  return random() < 0.2 ? text.subarray(0, random.between(0, text.length)) : text;
}
