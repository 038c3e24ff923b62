import * as z from 'zod';

/** What went wrong, for a person: what happened, to what, what helps. `kind` is a stable name (see `errors.ts`). */
export const failureSchema = z.object({
  kind: z.string(),
  message: z.string(),
  exitCode: z.number().int().nullish(),
  signal: z.string().nullish(),
  stderrTail: z.string().optional(),
});
export type Failure = z.infer<typeof failureSchema>;

/** One step of an agent's plan. Unknown priorities and states are kept as they are. */
export const planEntrySchema = z.object({ content: z.string(), priority: z.string(), status: z.string() });
export type PlanEntry = z.infer<typeof planEntrySchema>;

/** Context window use in tokens, and cost, as the agent reports them. */
export const usageSchema = z.object({
  usedTokens: z.number().optional(),
  windowTokens: z.number().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  cost: z.object({ amount: z.number(), currency: z.string() }).optional(),
});
export type Usage = z.infer<typeof usageSchema>;

/** A slash command that the agent offers; `hint` says what to type after it. */
export const slashCommandSchema = z.object({
  name: z.string(),
  description: z.string(),
  hint: z.string().optional(),
});
export type SlashCommand = z.infer<typeof slashCommandSchema>;

/** One option of an agent that a person can set (ACP config options). */
export const configOptionSchema = z.object({
  optionId: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  category: z.string().nullish(),
  value: z.union([z.string(), z.boolean()]),
  choices: z
    .array(z.object({ value: z.string(), name: z.string(), description: z.string().nullish() }))
    .optional(),
});
export type ConfigOption = z.infer<typeof configOptionSchema>;
