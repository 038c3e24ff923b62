import * as z from 'zod';
import { unattendedSchema } from './permission.ts';

/** The longest time a timer can wait, in milliseconds. */
const MOST_MS = 2 ** 31 - 1;

/** Milliseconds that a limit may be given in. */
export const limitMsSchema = z.number().int().min(1).max(MOST_MS);

/** A shell command that runs with a prompt (C2). A relative or absent `cwd` is meant from the session's working directory. */
export const commandSpecSchema = z.object({
  command: z.string().min(1).max(100_000),
  cwd: z.string().max(4096).optional(),
  env: z.record(z.string(), z.string()).optional(),
  timeoutMs: limitMsSchema.optional(),
});
export type CommandSpec = z.infer<typeof commandSpecSchema>;

/** The same without its values, as the journal keeps it. */
export const commandNoteSchema = commandSpecSchema
  .omit({ env: true })
  .extend({ envNames: z.array(z.string()).optional() });
export type CommandNote = z.infer<typeof commandNoteSchema>;

/**
 * Something to fetch before a prompt (C3), http or https, to a place inside the working directory: by default the address's
 * last name; for an archive that is unpacked, the directory.
 */
export const downloadSchema = z.object({
  url: z.url({ protocol: /^https?$/, message: 'must be an http or https address' }).max(8192),
  to: z.string().min(1).max(4096).optional(),
  unzip: z.boolean().optional(),
  timeoutMs: limitMsSchema.optional(),
});
export type DownloadSpec = z.infer<typeof downloadSchema>;

/** The same as the journal keeps it: what may be secret in the address is not in `from`. */
export const downloadNoteSchema = downloadSchema.omit({ url: true }).extend({ from: z.string() });

/** How often a conversation is given what a check found, unless told otherwise (G1). */
export const CHECK_ATTEMPTS = 3;

/**
 * What has to be green before a prompt is done (G1): a command that exits with 0, or the checks of the pull request that
 * belongs to the branch of the working directory. `max` counts the turns, the first one among them.
 */
export const untilSchema = z
  .object({
    command: z.string().min(1).max(100_000).optional(),
    pullRequest: z.literal(true).optional(),
    timeoutMs: limitMsSchema.optional(),
    max: z.number().int().min(1).max(50).default(CHECK_ATTEMPTS),
  })
  .refine(({ command, pullRequest }) => (command === undefined) !== (pullRequest === undefined), {
    message: 'either a command or pullRequest',
  });
export type Until = z.infer<typeof untilSchema>;

const limits = {
  /** After so long from its start the turn is stopped, and ends `failed` with the failure `timedOut` (T5). */
  deadlineMs: limitMsSchema.optional(),
  /** So long its questions wait for an answer (W4). */
  waitLimitMs: limitMsSchema.optional(),
};

/** What a prompt carries besides its content. */
export const turnOptions = {
  ...limits,
  unattended: unattendedSchema.optional(),
  /** What to fetch first of all; one that fails ends the turn, and the agent is not asked (C3). */
  downloads: z.array(downloadSchema).max(20).optional(),
  /** Commands to run first, one after the other; the first that fails ends the turn, and the agent is not asked (C2). */
  before: z.array(commandSpecSchema).max(20).optional(),
  /** Commands to run when the agent completed; the first that fails ends the turn `failed`. */
  after: z.array(commandSpecSchema).max(20).optional(),
  until: untilSchema.optional(),
};
export const turnLimits = limits;

/** The options of a turn that waits, as the journal keeps them. */
export const turnPlanSchema = z.object({
  ...limits,
  unattended: unattendedSchema.optional(),
  downloads: z.array(downloadNoteSchema).optional(),
  before: z.array(commandNoteSchema).optional(),
  after: z.array(commandNoteSchema).optional(),
  until: untilSchema.optional(),
});
export type TurnPlan = z.infer<typeof turnPlanSchema>;

/**
 * What secrets were taken out of a turn that waits: the names of the variables whose values stood in its content, and in its
 * plan. The values live in the memory of the runtime that took it; under the next one the turn is not sent (C5).
 */
export const turnRedactedSchema = z.object({
  content: z.array(z.string()).optional(),
  plan: z.array(z.string()).optional(),
});
export type TurnRedacted = z.infer<typeof turnRedactedSchema>;

/** Which attempt of a prompt that goes on until green a turn is (G1). */
export const attemptSchema = z.object({
  /** From 1. */
  attempt: z.number().int(),
  max: z.number().int(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/**
 * How a check ended: `green`; `red`, and the conversation goes on; `capped`, red for the last time; `noProgress`, red as the
 * time before although nothing changed; `broken`, it could not be run; `cancelled`.
 */
export const checkOutcomeSchema = z.enum(['green', 'red', 'capped', 'noProgress', 'broken', 'cancelled']);
export type CheckOutcome = z.infer<typeof checkOutcomeSchema>;
