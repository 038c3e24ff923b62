import * as z from 'zod';
import { toolCallIdSchema } from './idSchemas.ts';
import { signInMethodSchema } from './signIn.ts';

/** One of the choices a permission request offers; ACP's kinds, unknown ones kept as they are. */
export const permissionOptionSchema = z.object({ optionId: z.string(), name: z.string(), kind: z.string() });
export type PermissionOption = z.infer<typeof permissionOptionSchema>;

/** One question of a `question` interaction. `options` empty and `freeText` true is a plain text question. */
export const questionSchema = z.object({
  questionId: z.string(),
  text: z.string(),
  header: z.string().optional(),
  options: z.array(z.object({ optionId: z.string(), label: z.string(), description: z.string().optional() })),
  multiSelect: z.boolean(),
  freeText: z.boolean(),
});
export type Question = z.infer<typeof questionSchema>;

/** Something only a person can settle (ARCHITECTURE.md), as `interaction.opened` carries it. */
export const interactionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('permission'),
    title: z.string(),
    description: z.string().optional(),
    toolCallId: toolCallIdSchema.optional(),
    options: z.array(permissionOptionSchema),
  }),
  z.object({
    kind: z.literal('question'),
    title: z.string(),
    toolCallId: toolCallIdSchema.optional(),
    questions: z.array(questionSchema),
    /** What it asks is how to sign in to an agent (A7); the option's id is the method's. */
    signIn: z.object({ agent: z.string(), methods: z.array(signInMethodSchema) }).optional(),
  }),
  z.object({
    kind: z.literal('form'),
    title: z.string(),
    toolCallId: toolCallIdSchema.optional(),
    /** A restricted JSON Schema of an object with primitive properties (ACP elicitation). */
    schema: z.record(z.string(), z.unknown()),
  }),
  z.object({
    kind: z.literal('url'),
    title: z.string(),
    toolCallId: toolCallIdSchema.optional(),
    url: z.string(),
  }),
]);
/** Something only a person can settle: a permission, questions, a form, or a page to open. */
export type Interaction = z.infer<typeof interactionSchema>;

/** What a person answers: see `Answer`. */
export const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('option'), optionId: z.string() }),
  z.object({ kind: z.literal('values'), values: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal('accept') }),
  z.object({ kind: z.literal('reject') }),
  z.object({ kind: z.literal('dismiss') }),
]);
/**
 * What a person answers: `option` settles a permission; `values` a question (by `questionId`) or a form (by property); `accept`
 * consents to a URL; `reject` declines and `dismiss` closes without choosing, which for a permission is a rejection.
 */
export type Answer = z.infer<typeof answerSchema>;

/** How an interaction ended: see `Settlement`. */
export const settlementSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('answered'), answer: answerSchema }),
  z.object({ outcome: z.literal('cancelled'), reason: z.string() }),
  z.object({ outcome: z.literal('interrupted'), reason: z.string() }),
]);
/** How an interaction ended: by a person's answer, or without one. */
export type Settlement = z.infer<typeof settlementSchema>;
