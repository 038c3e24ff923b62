import * as z from 'zod';
import { contentBlockSchema } from '../content.ts';
import type { Head, QueuedTurn } from '../head.ts';
import { commandIdSchema, journalIdSchema, sessionIdSchema, turnIdSchema } from '../idSchemas.ts';
import type { Item } from '../items.ts';
import type { Summary } from '../summary.ts';

/** A folded structure that both sides make with the same code; its inside is typed, not parsed again. */
function folded<T>(description: string): z.ZodType<T, T> {
  return z.looseObject({}).describe(description) as unknown as z.ZodType<T, T>;
}

/** A head as it stands in results. */
export const head = folded<Head>('A session’s head, see “Head”.');
/** A row as it stands in results. */
export const item = folded<Item>('A row of the transcript, see “Items”.');
/** A summary as it stands in results and notifications. */
export const summary = folded<Summary>('A row of a sessions list, see “Summary”.');

/** What waits in a session, as it stands in results. */
export const queue = z.array(folded<QueuedTurn>('A turn that waits, see “Head”.'));

export const cursorSchema = z.object({ journal: journalIdSchema, seq: z.number().int().min(0) });

/** How far a client has come, in which lineage (law 6). */
export type Cursor = z.infer<typeof cursorSchema>;

/** Where to begin: after a cursor, with the last `tail` rows folded, or, with neither, from the first event. */
export const startSchema = z.object({
  cursor: cursorSchema.optional(),
  tail: z.number().int().min(0).max(1000).optional(),
});

/** P3: where it may be absent, the connection’s current session is meant. */
export const optionalSession = { sessionId: sessionIdSchema.optional() };
/** What makes a request that changes something safe to send again (J5). */
export const command = { commandId: commandIdSchema };
/** What a prompt says: something, be it only a file. */
export const promptContent = z
  .array(contentBlockSchema)
  .min(1, { error: 'a prompt says something: give it text, or something to look at' })
  .refine((content) => content.some((block) => block.type !== 'text' || block.text.trim() !== ''), {
    error: 'a prompt says something: give it text, or something to look at',
  });
/** How many of something to give at once. */
export const limit = (most: number, usual: number) => z.number().int().min(1).max(most).default(usual);

/**
 * What an attached session answers. Events after `cursor` follow as `session/events`. With `reset` the client’s own
 * cursor could not be served: it drops what it has and starts from `head` and `items`.
 */
export const attachedSchema = z.object({
  sessionId: sessionIdSchema,
  cursor: cursorSchema,
  head,
  reset: z.boolean(),
  items: z.array(item).optional(),
  /** Whether there are rows before the first of `items`. */
  more: z.boolean().optional(),
});
export type Attached = z.infer<typeof attachedSchema>;

/** A prompt or a command that was durably accepted. */
export const accepted = z.object({ sessionId: sessionIdSchema, turnId: turnIdSchema, queued: z.boolean() });

/**
 * Directories whose files are artifacts (C4), from the working directory or absolute, inside the session’s directories; and rules
 * in gitignore’s syntax that count instead of an `.artifactignore` and the defaults.
 */
export const declaredArtifacts = {
  artifacts: z.array(z.string().min(1).max(4096)).max(50).optional(),
  artifactIgnore: z.array(z.string().max(1000)).max(500).optional(),
};
