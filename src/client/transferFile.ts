import { errorText } from '../base/errorText.ts';
import { issueText } from '../protocol/parseParams.ts';
import { envelopeSchema } from '../protocol/parseEnvelope.ts';
import type { ParamsIn } from '../protocol/methods.ts';

/** What the first line of an export says. */
export const FORMAT = { holdfast: 'session', version: 1 } as const;

/** How the words begin for a line that is no JSON at all. */
export const NOT_JSON = 'is not JSON';

/** One line of an export, read. */
export type ExportLine =
  | { readonly kind: 'format' }
  | {
      readonly kind: 'envelope';
      readonly envelope: NonNullable<ParamsIn<'session/import'>['envelopes']>[number];
    }
  | { readonly kind: 'blob'; readonly blob: NonNullable<ParamsIn<'session/import'>['blobs']>[number] };

/** Reads a line of an export. Gives words for one that is none. */
export function readLine(text: string): ExportLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `${NOT_JSON}: ${errorText(error)}`;
  }
  if (typeof value !== 'object' || value === null) return 'is no object';
  if ('holdfast' in value) {
    const known =
      'version' in value && value.version === FORMAT.version && value.holdfast === FORMAT.holdfast;
    return known ? { kind: 'format' } : 'is of a version that this Holdfast does not read; update it';
  }
  if ('blob' in value) {
    const blob = value.blob as Record<string, unknown> | null;
    const { sha256, offset, data } = blob ?? {};
    return typeof sha256 === 'string' && typeof offset === 'number' && typeof data === 'string'
      ? { kind: 'blob', blob: { sha256, offset, data } }
      : 'is no content: it needs sha256, offset and data';
  }
  const parsed = envelopeSchema.safeParse(value);
  return parsed.success
    ? { kind: 'envelope', envelope: parsed.data }
    : `is no event: ${issueText(parsed.error, 'it')}`;
}
