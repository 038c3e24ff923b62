import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** What is wrong with a field, in plain words that follow its name: “is missing”, “must be a text, not a number”. Pure. */
export function issueWords(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type': {
      // The value itself is not kept: it may be secret. What kind it had, the message says.
      const [, received] = /received (\S+)$/u.exec(issue.message) ?? [];
      if (received === 'undefined') return 'is missing';
      const given = received === undefined ? undefined : (kinds[received] ?? received);
      const wanted = kinds[issue.expected] ?? issue.expected;
      return `must be ${wanted}${given === undefined || given === wanted ? '' : `, not ${given}`}`;
    }
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${worded(issue.values[0])}`
        : `must be one of ${issue.values.map(worded).join(', ')}`;
    case 'unrecognized_keys':
      return `has what is not known there: ${issue.keys.join(', ')}`;
    case 'invalid_key':
      return `has a name that is not allowed${issue.issues[0] === undefined ? '' : `: it ${issueWords(issue.issues[0])}`}`;
    case 'invalid_union':
      return unionWords(issue);
    case 'invalid_format':
      return issue.format === 'regex' ? `must look like ${issue.pattern}` : `must be a valid ${issue.format}`;
    default:
      return `is wrong: ${issue.message}`;
  }
}

function tooSmall({ minimum, origin }: Extract<Issue, { code: 'too_small' }>): string {
  if (Number(minimum) === 1 && unitOf(origin) !== '') return 'must not be empty';
  return `must be at least ${minimum}${unitOf(origin)}`;
}

/** Of several shapes, the one that the value misses least. */
function unionWords({ errors }: Extract<Issue, { code: 'invalid_union' }>): string {
  const [closest, ...others] = errors.toSorted((a, b) => a.length - b.length);
  const [first] = closest ?? [];
  if (first === undefined) return 'is nothing that is known there';
  const literals = errors.flatMap(([issue]) => (issue?.code === 'invalid_value' ? issue.values : []));
  if (literals.length === errors.length) return `must be one of ${literals.map(worded).join(', ')}`;
  if (first.path.length === 0) return issueWords(first);
  const alone = others.every((issues) => issues.length > (closest?.length ?? 0));
  const words = `${first.path.join('.')} ${issueWords(first)}`;
  return alone ? `does not fit: ${words}` : `fits none of what is allowed there: ${words}`;
}

function unitOf(origin: string): string {
  return { string: ' characters', array: ' entries' }[origin] ?? '';
}

function worded(value: unknown): string {
  return typeof value === 'string' ? `“${value}”` : String(value);
}
