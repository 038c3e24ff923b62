import type { ErrorObject } from 'ajv';
import { errorText } from '../base/errorText.ts';
import { HoldfastError } from '../protocol/errors.ts';

/** A JSON Schema, as an object; draft-07 or earlier where its `$schema` says so, else 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What an answer was found to be. */
export type Checked =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly problem: string };

/** Reads answers as JSON that fits a schema (C6). */
export type AnswerCheck = (text: string) => Checked;

/** Problems that are named to an agent or a person. */
const MOST_PROBLEMS = 10;

/** Makes the check of a schema. Rejects with `invalidParams` for one that is none. */
export async function answerCheck(schema: JsonSchema): Promise<AnswerCheck> {
  const validate = await compiled(schema);
  return (text) => {
    const found = jsonOf(text);
    if (found === undefined) return { ok: false, problem: 'there is no JSON in it' };
    if (validate(found.data)) return { ok: true, data: found.data };
    return { ok: false, problem: problemsOf(validate.errors ?? []) };
  };
}

/** What asks an agent for JSON, after the prompt. */
export function askForJson(prompt: string, schema: JsonSchema): string {
  return `${prompt}\n\nAnswer with JSON alone, in one \`\`\`json block, that is valid against this JSON Schema:\n\n${fenced(schema)}`;
}

/** What asks it again. */
export function askAgain(problem: string, schema: JsonSchema): string {
  return `That answer is not valid: ${problem}. Answer again with JSON alone, in one \`\`\`json block, that is valid against this JSON Schema:\n\n${fenced(schema)}`;
}

async function compiled(schema: JsonSchema) {
  const { $schema } = schema;
  const isOld = typeof $schema === 'string' && /draft-0[4-7]/.test($schema);
  // Loaded when it is first needed: most programs never are given a schema.
  const Validator = isOld ? (await import('ajv')).Ajv : (await import('ajv/dist/2020.js')).Ajv2020;
  try {
    const { $schema: _, ...rest } = schema;
    return new Validator({ strict: false, allErrors: true, validateFormats: false }).compile(rest);
  } catch (error) {
    throw new HoldfastError('invalidParams', `the JSON Schema cannot be used: ${errorText(error)}`);
  }
}

/** The whole text as JSON, else the last fenced block that is. */
function jsonOf(text: string): { readonly data: unknown } | undefined {
  const blocks = [...text.matchAll(/^[ \t]*```[^\n`]*\n(.*?)^[ \t]*```[ \t]*$/gms)].map(
    ([, inner]) => inner ?? '',
  );
  for (const candidate of [text, ...blocks.toReversed()]) {
    try {
      return { data: JSON.parse(candidate) as unknown };
    } catch {
      // Perhaps the next one is.
    }
  }
  return undefined;
}

function problemsOf(errors: readonly ErrorObject[]): string {
  const said = errors.slice(0, MOST_PROBLEMS).map(({ instancePath, message = 'is not valid', params }) => {
    const extra =
      typeof params['additionalProperty'] === 'string' ? ` (“${params['additionalProperty']}”)` : '';
    return `${instancePath === '' ? 'it' : instancePath} ${message}${extra}`;
  });
  return said.join('; ');
}

const fenced = (schema: JsonSchema): string => `\`\`\`json\n${JSON.stringify(schema, undefined, 2)}\n\`\`\``;
