import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerCheck } from '../../../src/client/jsonAnswer.ts';

const schema = {
  properties: { a: { $ref: '#/definitions/n' } },
  required: ['a'],
  definitions: { n: { type: 'number' } },
};

test('an answer is its whole text as JSON, else the last fenced block that is JSON (C6)', async () => {
  const check = await answerCheck({});
  const found = (text: string) => {
    const checked = check(text);
    return checked.ok ? checked.data : checked.problem;
  };
  assert.deepEqual(found(' {"a": 1}\n'), { a: 1 });
  assert.deepEqual(found('```json\n{"a": 1}\n```\nor rather\n```\n[2]\n```\nsee\n```ts\nlet x;\n```'), [2]);
  assert.deepEqual(found('"just text"'), 'just text');
  assert.equal(found('no JSON'), 'there is no JSON in it');
});

test('it is valid as JSON Schema says, of either draft, or the problem names the place (C6)', async () => {
  for (const $schema of [
    undefined,
    'http://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft/2020-12/schema',
  ]) {
    const check = await answerCheck({ ...schema, ...($schema !== undefined && { $schema }) });
    assert.deepEqual(check('{"a": 1, "b": 2}'), { ok: true, data: { a: 1, b: 2 } });
    assert.deepEqual(check('{}'), { ok: false, problem: "it must have required property 'a'" });
    assert.deepEqual(check('{"a": "x"}'), { ok: false, problem: '/a must be number' });
  }
  await assert.rejects(answerCheck({ type: 'nonsense' }), { kind: 'invalidParams' });
});
