import { formProblem, withDefaults, type FormSchema } from '../../protocol/formAnswer.ts';

export { withDefaults };

type Property = Readonly<Record<string, unknown>>;

/** One field of a form, as it is drawn. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly description: string | undefined;
  readonly required: boolean;
  readonly kind:
    | 'text'
    | 'long'
    | 'email'
    | 'url'
    | 'date'
    | 'datetime-local'
    | 'number'
    | 'boolean'
    | 'one'
    | 'many';
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** What is wrong with a value, in words that name the field; `undefined` when it fits. */
  readonly problem: (value: unknown) => string | undefined;
}

/** From this many characters on, a text gets several lines. */
const LONG_TEXT = 200;

/** The fields of a form's schema, in its order. Pure. */
export function fieldsOf(schema: FormSchema): readonly Field[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(object(schema['properties'])).map(([name, value]) => {
    const property = object(value);
    const alone = { properties: { [name]: property }, required: required.includes(name) ? [name] : [] };
    return {
      name,
      label: text(property['title']) ?? name,
      description: text(property['description']),
      required: required.includes(name),
      kind: kindOf(property),
      choices: choicesOf(property['type'] === 'array' ? object(property['items']) : property),
      problem: (given) => formProblem(alone, given === undefined ? {} : { [name]: given }),
    };
  });
}

function kindOf(property: Property): Field['kind'] {
  switch (property['type']) {
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return 'many';
    default:
      if (choicesOf(property).length > 0) return 'one';
      return textKind(property);
  }
}

function textKind({ format, maxLength, minLength }: Property): Field['kind'] {
  if (format === 'email' || format === 'date') return format;
  if (format === 'uri') return 'url';
  if (format === 'date-time') return 'datetime-local';
  return Math.max(Number(maxLength ?? 0), Number(minLength ?? 0)) > LONG_TEXT ? 'long' : 'text';
}

function choicesOf(property: Property): Field['choices'] {
  const names = Array.isArray(property['enumNames']) ? property['enumNames'] : [];
  if (Array.isArray(property['enum']))
    return property['enum']
      .filter((value) => typeof value === 'string')
      .map((value, index) => ({ value, label: text(names[index]) ?? value }));
  const titled = property['oneOf'] ?? property['anyOf'];
  return (Array.isArray(titled) ? titled : []).flatMap((entry: unknown) => {
    const { const: value, title } = object(entry);
    return typeof value === 'string' ? [{ value, label: text(title) ?? value }] : [];
  });
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const object = (value: unknown): Property =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Property) : {};
