import type { Question } from './interaction.ts';

/** A restricted JSON Schema of an object with primitive properties, as a `form` carries it. */
export type FormSchema = Readonly<Record<string, unknown>>;

/** What a form's field can hold. */
export type FormValue = string | number | boolean | readonly string[];

type Property = Readonly<Record<string, unknown>>;

/**
 * What is wrong with the values of a form, in words that name the field; `undefined` when they fit (A4). Pure. A `pattern` is
 * left to the agent: one made to be slow could stop whoever tries it.
 */
export function formProblem(
  schema: FormSchema,
  values: Readonly<Record<string, unknown>>,
): string | undefined {
  const properties = propertiesOf(schema);
  for (const name of Object.keys(values))
    if (!Object.hasOwn(properties, name)) return `the form has no field “${name}”`;
  const filled = withDefaults(schema, values);
  for (const name of textsOf(schema['required'])) {
    const value = filled[name];
    if (value === undefined || value === '') return `“${labelOf(name, properties[name] ?? {})}” is needed`;
  }
  for (const [name, value] of Object.entries(filled)) {
    const property = properties[name] ?? {};
    const problem = value === undefined ? undefined : valueProblem(property, value);
    if (problem !== undefined) return `“${labelOf(name, property)}” ${problem}`;
  }
  return undefined;
}

/** The values with the defaults of fields that were left out. Pure. */
export function withDefaults(
  schema: FormSchema,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    const value = Object.hasOwn(values, name) ? values[name] : (property['default'] ?? undefined);
    if (value !== undefined) filled[name] = value;
  }
  return filled;
}

/** What is wrong with the answers to questions, in words; `undefined` when they fit. A question may be left out. Pure. */
export function questionProblem(
  questions: readonly Question[],
  values: Readonly<Record<string, unknown>>,
): string | undefined {
  for (const [questionId, value] of Object.entries(values)) {
    const question = questions.find((asked) => asked.questionId === questionId);
    if (question === undefined) return `there is no question “${questionId}”`;
    const words = typeof value === 'string' ? [value] : value;
    if (!isTexts(words)) return `“${question.text}” is answered with text or a list of texts`;
    if (!question.multiSelect && words.length > 1) return `“${question.text}” takes one answer`;
    const odd = words.find(
      (word) => word !== '' && !question.options.some(({ optionId }) => optionId === word),
    );
    if (odd !== undefined && !question.freeText) {
      return `“${question.text}” has no option ${odd}; there are ${question.options.map(({ optionId }) => optionId).join(', ')}`;
    }
  }
  return undefined;
}

function valueProblem(property: Property, value: unknown): string | undefined {
  switch (property['type']) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'integer':
      return Number.isInteger(value) ? rangeProblem(property, Number(value)) : 'must be a whole number';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
        ? rangeProblem(property, value)
        : 'must be a number';
    case 'array':
      return listProblem(property, value);
    default:
      return typeof value === 'string' ? textProblem(property, value) : 'must be a text';
  }
}

function rangeProblem({ minimum, maximum }: Property, value: number): string | undefined {
  if (typeof minimum === 'number' && value < minimum) return `must be at least ${minimum}`;
  return typeof maximum === 'number' && value > maximum ? `must be at most ${maximum}` : undefined;
}

function textProblem(property: Property, value: string): string | undefined {
  const choices = choicesOf(property);
  if (choices !== undefined)
    return choices.includes(value) ? undefined : `must be one of ${choices.join(', ')}`;
  const { minLength, maxLength, format } = property;
  if (typeof minLength === 'number' && value.length < minLength)
    return `needs at least ${minLength} characters`;
  if (typeof maxLength === 'number' && value.length > maxLength)
    return `takes at most ${maxLength} characters`;
  return value === '' ? undefined : formatProblem(format, value);
}

function formatProblem(format: unknown, value: string): string | undefined {
  switch (format) {
    case 'email':
      return /^[^\s@]+@[^\s@]+$/u.test(value) ? undefined : 'must be an e-mail address';
    case 'uri':
      return URL.canParse(value) ? undefined : 'must be a URL';
    case 'date':
      return /^\d{4}-\d\d-\d\d$/u.test(value) && !Number.isNaN(Date.parse(value))
        ? undefined
        : 'must be a date';
    case 'date-time':
      return Number.isNaN(Date.parse(value)) ? 'must be a date with a time' : undefined;
    default:
      return undefined;
  }
}

function listProblem({ items, minItems, maxItems }: Property, value: unknown): string | undefined {
  if (!isTexts(value)) return 'must be a list of texts';
  const choices = choicesOf(isObject(items) ? items : {});
  const odd = choices === undefined ? undefined : value.find((entry) => !choices.includes(entry));
  if (odd !== undefined) return `has no choice ${odd}; there are ${choices?.join(', ')}`;
  if (typeof minItems === 'number' && value.length < minItems) return `needs at least ${minItems} choices`;
  return typeof maxItems === 'number' && value.length > maxItems
    ? `takes at most ${maxItems} choices`
    : undefined;
}

/** The values a field allows, in any of the ways a schema lists them. */
function choicesOf(property: Property): readonly string[] | undefined {
  if (Array.isArray(property['enum'])) return textsOf(property['enum']);
  const titled = property['oneOf'] ?? property['anyOf'];
  return Array.isArray(titled)
    ? textsOf(titled.map((entry) => (isObject(entry) ? entry['const'] : undefined)))
    : undefined;
}

function propertiesOf(schema: FormSchema): Readonly<Record<string, Property>> {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, isObject(property) ? property : {}]),
  );
}

const labelOf = (name: string, property: Property): string =>
  typeof property['title'] === 'string' ? property['title'] : name;

const isObject = (value: unknown): value is Property =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
