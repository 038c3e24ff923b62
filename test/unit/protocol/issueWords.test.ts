import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { agentDefinitionSchema } from '../../../src/protocol/agentDefinition.ts';
import { issueText } from '../../../src/protocol/parseParams.ts';

/** What is said of a value that a schema does not take. */
function said(schema: z.ZodType, value: unknown): string {
  const { error } = schema.safeParse(value);
  assert.ok(error, 'it is taken');
  return issueText(error, 'it');
}

test('what is wrong with a field is said in plain words, with its name and never with its value', () => {
  const cases: readonly [z.ZodType, unknown, string][] = [
    [z.object({ url: z.string() }), {}, 'url is missing'],
    [z.object({ url: z.string() }), [], 'it must be an object, not a list'],
    [z.object({ url: z.string().min(1) }), { url: '' }, 'url must not be empty'],
    [
      z.object({ env: z.record(z.string(), z.string()) }),
      { env: { A: 1 } },
      'env.A must be a text, not a number',
    ],
    [z.number().int(), 1.5, 'it must be a whole number, not a number'],
    [z.number().min(3), 1, 'it must be at least 3'],
    [z.string().max(3), 'long', 'it must be at most 3 characters'],
    [z.array(z.string()).min(2), ['a'], 'it must be at least 2 entries'],
    [z.enum(['a', 'b']), 'secret', 'it must be one of “a”, “b”'],
    [z.union([z.literal(1), z.literal(2)]), 3, 'it must be one of 1, 2'],
    [z.strictObject({}), { more: 1 }, 'it has what is not known there: more'],
    [z.uuid(), 'secret', 'it must be a valid uuid'],
    [
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]),
      { kind: 'b' },
      'kind is nothing that is known there',
    ],
  ];
  for (const [schema, value, words] of cases) assert.equal(said(schema, value), words);
});

test('a definition of an agent that is wrong is told of as its author would', () => {
  assert.equal(
    said(agentDefinitionSchema, { command: 'x', args: '--acp' }),
    'args must be a list, not a text',
  );
  assert.match(
    said(agentDefinitionSchema, { command: 'x', mcpServers: { files: { comand: 'y' } } }),
    /^mcpServers\.files fits none of what is allowed there: (command|url) is missing$/u,
  );
});
