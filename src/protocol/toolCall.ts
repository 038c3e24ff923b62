import * as z from 'zod';
import { blobRefSchema, contentBlockSchema } from './content.ts';

/** What a tool does, for its icon and its card (ACP's `ToolKind`). Unknown kinds read as `other`. */
export const toolKindSchema = z
  .enum(['read', 'edit', 'delete', 'move', 'search', 'execute', 'think', 'fetch', 'switch_mode', 'other'])
  .catch('other');
export type ToolKind = z.infer<typeof toolKindSchema>;

/** A place in a file that a tool call touches; `line` counts from 1 and may be absent. Opens in the editor. */
export const locationSchema = z.object({ path: z.string(), line: z.number().int().nullish() });
export type Location = z.infer<typeof locationSchema>;

/**
 * What a tool call produced: ordinary content, a diff of one file, or the output of a terminal. A side of a diff that has a
 * blob is only the beginning of its text.
 */
export const toolCallContentSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('content'), content: contentBlockSchema }),
  z.object({
    type: z.literal('diff'),
    path: z.string(),
    oldText: z.string().nullish(),
    newText: z.string(),
    oldBlob: blobRefSchema.optional(),
    newBlob: blobRefSchema.optional(),
  }),
  z.object({ type: z.literal('terminal'), terminalId: z.string() }),
]);
export type ToolCallContent = z.infer<typeof toolCallContentSchema>;

/** How far a tool call is. `cancelled` is ours: ACP leaves it open when a turn is cancelled. */
export const toolStatusSchema = z.enum(['pending', 'in_progress', 'completed', 'failed', 'cancelled']);
export type ToolStatus = z.infer<typeof toolStatusSchema>;

/**
 * The fields that an update of a tool call may set; each given field replaces the one before. A raw input or output that is
 * too large is a `LargeValue` (`blob.ts`).
 */
export const toolCallFieldsSchema = z.object({
  title: z.string().optional(),
  kind: toolKindSchema.optional(),
  status: toolStatusSchema.optional(),
  locations: z.array(locationSchema).optional(),
  content: z.array(toolCallContentSchema).optional(),
  rawInput: z.unknown().optional(),
  rawOutput: z.unknown().optional(),
});
export type ToolCallFields = z.infer<typeof toolCallFieldsSchema>;
