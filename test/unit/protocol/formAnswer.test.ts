import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formProblem, questionProblem, withDefaults } from '../../../src/protocol/formAnswer.ts';

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string', title: 'Name', minLength: 2, maxLength: 5 },
    mail: { type: 'string', format: 'email' },
    size: { type: 'string', enum: ['s', 'l'], default: 's' },
    tone: { type: 'string', oneOf: [{ const: 'a', title: 'A' }] },
    count: { type: 'integer', minimum: 1, maximum: 3, default: 2 },
    share: { type: 'number' },
    sure: { type: 'boolean', default: false },
    tags: { type: 'array', items: { anyOf: [{ const: 'x' }, { const: 'y' }] }, minItems: 1, maxItems: 1 },
  },
  required: ['name', 'count'],
};

const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
  [{}, '“Name” is needed'],
  [{ name: '' }, '“Name” is needed'],
  [{ name: 5 }, '“Name” must be a text'],
  [{ name: 'a' }, '“Name” needs at least 2 characters'],
  [{ name: 'abcdef' }, '“Name” takes at most 5 characters'],
  [{ name: 'ab', other: 1 }, 'the form has no field “other”'],
  [{ name: 'ab', mail: 'nobody' }, '“mail” must be an e-mail address'],
  [{ name: 'ab', size: 'm' }, '“size” must be one of s, l'],
  [{ name: 'ab', tone: 'b' }, '“tone” must be one of a'],
  [{ name: 'ab', count: 1.5 }, '“count” must be a whole number'],
  [{ name: 'ab', count: 0 }, '“count” must be at least 1'],
  [{ name: 'ab', count: 4 }, '“count” must be at most 3'],
  [{ name: 'ab', share: 'x' }, '“share” must be a number'],
  [{ name: 'ab', sure: 'yes' }, '“sure” must be true or false'],
  [{ name: 'ab', tags: 'x' }, '“tags” must be a list of texts'],
  [{ name: 'ab', tags: ['z'] }, '“tags” has no choice z; there are x, y'],
  [{ name: 'ab', tags: [] }, '“tags” needs at least 1 choices'],
  [{ name: 'ab', tags: ['x', 'y'] }, '“tags” takes at most 1 choices'],
];
for (const [values, problem] of wrong) {
  test(`A4: a form that holds ${JSON.stringify(values)} is refused with words`, () => {
    assert.equal(formProblem(schema, values), problem);
  });
}

test('A4: a form that fits is taken, with the defaults of what was left out', () => {
  const values = { name: 'abc', mail: 'a@b', tags: ['y'] };
  assert.equal(formProblem(schema, values), undefined);
  assert.deepEqual(withDefaults(schema, values), { ...values, size: 's', count: 2, sure: false });
});

test('law 10: a schema that is no schema takes nothing', () => {
  assert.equal(formProblem({ properties: 5, required: 'x' }, {}), undefined);
  assert.match(formProblem({}, { a: 1 }) ?? '', /no field/);
});

test('W1: answers to questions name options that exist, or words of one’s own where they are taken', () => {
  const colour = {
    questionId: 'c',
    text: 'Colour?',
    options: [{ optionId: 'r', label: 'Red' }],
    multiSelect: false,
    freeText: false,
  };
  const more = { ...colour, questionId: 'm', text: 'More?', multiSelect: true, freeText: true };
  const problem = (values: Record<string, unknown>) => questionProblem([colour, more], values);
  assert.equal(problem({}), undefined);
  assert.equal(problem({ c: 'r', m: ['r', 'own words'] }), undefined);
  assert.equal(problem({ x: 'r' }), 'there is no question “x”');
  assert.equal(problem({ c: 5 }), '“Colour?” is answered with text or a list of texts');
  assert.equal(problem({ c: ['r', 'r'] }), '“Colour?” takes one answer');
  assert.equal(problem({ c: 'blue' }), '“Colour?” has no option blue; there are r');
});
