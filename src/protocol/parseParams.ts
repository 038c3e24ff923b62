import type * as z from 'zod';
import { HoldfastError } from './errors.ts';
import { issueWords } from './issueWords.ts';

/**
 * Reads the params of a request or notification. Absent params read as an empty object, so that methods whose params
 * are all optional work without. Throws `invalidParams` with words that name the field.
 */
export function parseParams<S extends z.ZodType>(method: string, schema: S, params: unknown): z.output<S> {
  const parsed = schema.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  throw new HoldfastError('invalidParams', `${method}: ${issueText(parsed.error)}`, {
    fields: parsed.error.issues.map((issue) => issue.path.join('.')),
  });
}

/** The issues of a zod error in one line of plain words, each with the path of its field; `whole` is what has none. */
export function issueText(error: z.ZodError, whole = 'params'): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.length === 0 ? whole : issue.path.join('.')} ${issueWords(issue)}`)
    .join('; ');
}
