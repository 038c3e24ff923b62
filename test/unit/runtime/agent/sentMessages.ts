import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';

interface Sent {
  /** The agent's own request of this id. */
  readonly asked?: number;
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** What the messages to an agent are checked by. */
export interface Validation {
  readonly schema: 'v1' | 'v2';
  /** Each method's own definition: the schema's union for all messages takes nearly anything. */
  readonly definitions: Readonly<Record<string, string>>;
  /** What the answer to each request of the agent is. */
  readonly answers: Readonly<Record<string, string>>;
}

/** Asserts that every line a fake agent recorded is valid by the schema of ACP, and that every kind of message is among them. */
export function assertValid(record: string, { schema, definitions, answers }: Validation): void {
  const sent = readFileSync(record, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Sent);
  const schemaFile = createRequire(import.meta.url)
    .resolve('@agentclientprotocol/sdk')
    .replace(/dist[\\/].*/, `schema/${schema}/schema.unstable.json`);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(JSON.parse(readFileSync(schemaFile, 'utf8')) as object, 'acp');
  const asked = new Map<number, string>();
  const kinds = new Set<string>();
  for (const { asked: id, ...message } of sent) {
    if (id !== undefined) {
      asked.set(id, message.method ?? '');
      continue;
    }
    const { method = asked.get(message.id ?? 0) ?? 'unasked' } = message;
    kinds.add(method);
    const isAnswer = message.method === undefined;
    if (isAnswer && message.result === undefined) continue;
    const definition = isAnswer ? answers[method] : definitions[method];
    assert.ok(definition, `no schema is known for ${method}`);
    const value = isAnswer ? message.result : message.params;
    assert.ok(
      ajv.validate(`acp#/$defs/${definition}`, value),
      `${JSON.stringify(message)}: ${ajv.errorsText()}`,
    );
  }
  assert.deepEqual(
    [...kinds].sort(),
    [...Object.keys(answers), ...Object.keys(definitions)].sort(),
    'every kind of message was sent',
  );
}
