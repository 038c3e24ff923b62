/** How the references show the shapes that are written as zod schemas. */
import * as z from 'zod';

/**
 * The JSON Schema of a zod schema, without its `$schema`.
 *
 * @param {z.ZodType} schema
 * @param {'input' | 'output'} io
 */
export const json = (schema, io) => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest;
};

/** One line for a JSON Schema: enough to read a method at a glance. @param {any} schema @returns {string} */
export function brief(schema) {
  if (
    schema.description !== undefined &&
    schema.type === 'object' &&
    Object.keys(schema.properties ?? {}).length === 0
  ) {
    return schema.description.replace(/^.*see “(.*)”\.$/u, '$1');
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined)
    return schema.enum.map((/** @type {unknown} */ value) => JSON.stringify(value)).join(' | ');
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return union.map(brief).join(' | ');
  if (schema.type === 'array') {
    const inner = brief(schema.items ?? {});
    return inner.includes(' | ') ? `(${inner})[]` : `${inner}[]`;
  }
  if (schema.type === 'object') {
    if (schema.properties === undefined) return `{[name]: ${brief(schema.additionalProperties || {})}}`;
    const required = new Set(schema.required ?? []);
    const fields = Object.entries(schema.properties).map(
      ([name, value]) => `${name}${required.has(name) ? '' : '?'}: ${brief(value)}`,
    );
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  }
  return Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'any');
}
