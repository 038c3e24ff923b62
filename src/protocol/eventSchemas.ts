import * as z from 'zod';
import { agentRecordSchema } from './agentDefinition.ts';
import { blobRefSchema, contentBlockSchema } from './content.ts';
import {
  checkIdSchema,
  commandRunIdSchema,
  compactionIdSchema,
  interactionIdSchema,
  messageIdSchema,
  processIdSchema,
  sessionIdSchema,
  toolCallIdSchema,
  turnIdSchema,
} from './idSchemas.ts';
import { interactionSchema, settlementSchema } from './interaction.ts';
import { permissionModeSchema, rulePreviewSchema, ruleSchema } from './permission.ts';
import {
  configOptionSchema,
  failureSchema,
  planEntrySchema,
  slashCommandSchema,
  usageSchema,
} from './sessionState.ts';
import { toolCallFieldsSchema, toolStatusSchema } from './toolCall.ts';
import { attemptSchema, checkOutcomeSchema, turnPlanSchema, turnRedactedSchema } from './turnPlan.ts';

const turnKind = z.enum(['prompt', 'command']);

/** In a compacted envelope (law 1): the row it sets was made before its span, so it makes none. */
const compacted = { continued: z.literal(true).optional() };

const outputSpans = z.array(z.object({ stream: z.enum(['stdout', 'stderr']), text: z.string() }));

/** An `Output` (`output.ts`). */
const outputSchema = z.object({
  start: outputSpans,
  startLength: z.number().int(),
  rest: outputSpans,
  restLength: z.number().int(),
  omitted: z.number().int(),
  end: z.string().optional(),
});

/**
 * Every event, past tense, `noun.verb` (ARCHITECTURE.md): the one table that types, docs and parsing come from.
 * An event is a fact about one session; what it means for head and items is said in `head.ts` and `items.ts`.
 */
export const eventSchemas = {
  'session.started': z
    .object({
      agent: agentRecordSchema,
      cwd: z.string(),
      additionalDirectories: z.array(z.string()).optional(),
      title: z.string().optional(),
      /** Names of the variables the session was given; their values live in the runtime's memory only. */
      envNames: z.array(z.string()).optional(),
      /** Names of the MCP servers the session was given, over its agent's. */
      mcpServerNames: z.array(z.string()).optional(),
      /** A conversation of the agent's from before Holdfast, which this session goes on with. */
      agentSessionId: z.string().optional(),
      /** The session it goes on from, with the agent's id of that conversation. */
      forkedFrom: z.object({ sessionId: sessionIdSchema, agentSessionId: z.string().optional() }).optional(),
    })
    .describe('The session exists; always seq 1. Its agent is about to start.'),
  'session.configured': z
    .object({
      mode: z.string().optional(),
      model: z.string().optional(),
      options: z.array(configOptionSchema).optional(),
      modes: z
        .array(z.object({ id: z.string(), name: z.string(), description: z.string().nullish() }))
        .optional(),
      models: z
        .array(z.object({ id: z.string(), name: z.string(), description: z.string().nullish() }))
        .optional(),
      pinned: z.boolean().optional(),
      archived: z.boolean().optional(),
      readSeq: z.number().int().optional(),
      permissionMode: permissionModeSchema.optional(),
      /** So long questions wait unless their prompt says otherwise; 0 is without end (W4). */
      waitLimitMs: z.number().int().optional(),
    })
    .describe('Settings of the session changed; each given field replaces the one before.'),
  'session.renamed': z
    .object({ title: z.string(), source: z.enum(['derived', 'agent', 'person']) })
    .describe('The title changed. One that a person gave is never replaced by a derived one or the agent’s.'),
  'session.resumed': z
    .object({ reason: z.string().optional() })
    .describe('An ended session was opened again.'),
  'session.detached': z
    .object({ reason: z.string(), failure: failureSchema.optional() })
    .describe('The agent process is gone or could not be started; the next prompt starts it again.'),
  'session.ended': z
    .object({ reason: z.string() })
    .describe('Writing stops. `session/resume` opens it again.'),

  'agent.started': z
    .object({
      processId: processIdSchema,
      pid: z.number().int().optional(),
      agentSessionId: z.string(),
      how: z.enum(['new', 'resumed', 'loaded', 'forked']),
      name: z.string().optional(),
      version: z.string().optional(),
      /** What a prompt may hold besides text and links. */
      takes: z
        .object({
          images: z.boolean(),
          audio: z.boolean(),
          /** Whether a running turn can be given more (T2). */
          steering: z.boolean().optional(),
        })
        .optional(),
    })
    .describe('An agent process hosts this session from now on.'),
  'agent.exited': z
    .object({
      processId: processIdSchema,
      exitCode: z.number().int().nullable(),
      signal: z.string().nullable(),
      stderrTail: z.string(),
    })
    .describe(
      'The agent process that hosted this session ended; −1 is never invented, an absent code is null.',
    ),

  'turn.queued': z
    .object({
      turnId: turnIdSchema,
      kind: turnKind,
      content: z.array(contentBlockSchema),
      command: z
        .object({
          cwd: z.string().optional(),
          timeoutMs: z.number().int().optional(),
          envNames: z.array(z.string()).optional(),
        })
        .optional(),
      /** Goes before everything that waits: a prompt that interrupts. */
      front: z.boolean().optional(),
      /** The running turn that its agent is asked to take it into (T2). */
      steers: turnIdSchema.optional(),
      plan: turnPlanSchema.optional(),
      redacted: turnRedactedSchema.optional(),
    })
    .describe('A prompt waits for the running turn to end.'),
  'turn.edited': z
    .object({
      turnId: turnIdSchema,
      content: z.array(contentBlockSchema),
      redacted: turnRedactedSchema.optional(),
    })
    .describe('What a waiting turn will send was changed.'),
  'turn.moved': z
    .object({ turnId: turnIdSchema, before: turnIdSchema.optional() })
    .describe('A waiting turn goes before another one, or behind all.'),
  'turn.started': z
    .object({
      turnId: turnIdSchema,
      kind: turnKind,
      origin: z.enum(['person', 'queue', 'check', 'schedule', 'api']),
      /** When it is stopped if it has not ended by then. */
      deadlineAt: z.number().optional(),
      check: attemptSchema.optional(),
      /** What it was sent with, to be sent so again. */
      plan: turnPlanSchema.optional(),
    })
    .describe('A turn runs. For a prompt, a `message.started` of role `user` with its content follows.'),
  'turn.ended': z
    .object({
      turnId: turnIdSchema,
      outcome: z.enum(['completed', 'cancelled', 'failed', 'refused', 'interrupted']),
      stopReason: z.string().optional(),
      exitCode: z.number().int().optional(),
      failure: failureSchema.optional(),
      /** How its check ended; with `next`, that turn goes on with what the check found. */
      check: attemptSchema.extend({ outcome: checkOutcomeSchema, next: turnIdSchema.optional() }).optional(),
      /** The running turn that took it in: what was asked stands there, and comes to its end with it (T2). */
      joined: turnIdSchema.optional(),
      /** What a waiting turn would have sent, that ended without being sent. */
      unsent: z.array(contentBlockSchema).optional(),
    })
    .describe('The one end of a turn (law 4), also of a queued one that never started.'),
  'turn.steerRefused': z
    .object({
      turnId: turnIdSchema,
      /** Why, in words. */
      reason: z.string(),
    })
    .describe('The running turn did not take in what was to steer it: it waits like any other (T2).'),
  'turn.stalled': z
    .object({
      turnId: turnIdSchema,
      /** The last sign of life, in milliseconds since the epoch. */
      since: z.number(),
      /** What it waits for, in words. */
      waitingFor: z.string(),
    })
    .describe('Nothing was heard of a turn for long (T8).'),
  'turn.progressed': z
    .object({ turnId: turnIdSchema })
    .describe('A turn that had stalled gave a sign of life.'),
  'check.started': attemptSchema
    .extend({
      checkId: checkIdSchema,
      /** The command line, or in words what is looked at. */
      command: z.string(),
      pullRequest: z.boolean().optional(),
    })
    .describe('After a turn, what has to be green is looked at (G1).'),
  'check.ended': z
    .object({
      checkId: checkIdSchema,
      outcome: checkOutcomeSchema,
      exitCode: z.number().int().optional(),
      /** Why, in one line. */
      summary: z.string().optional(),
    })
    .describe('The outcome of a check. After `red` the conversation goes on with what was found.'),

  'message.started': z
    .object({
      messageId: messageIdSchema,
      role: z.enum(['user', 'agent', 'thought']),
      content: z.array(contentBlockSchema),
    })
    .describe('A message began, with what it has so far. A user’s message is whole at once.'),
  'message.appended': z
    .object({ messageId: messageIdSchema, content: contentBlockSchema })
    .describe('More of a message; text joins a text block before it.'),
  'message.completed': z
    .object({
      messageId: messageIdSchema,
      role: z.enum(['user', 'agent', 'thought']),
      content: z.array(contentBlockSchema),
      /** False in a compacted one of a message that its agent never called whole. */
      done: z.boolean().optional(),
      ...compacted,
    })
    .describe('The whole content of a message: sets, never appends.'),

  'toolCall.started': toolCallFieldsSchema
    .extend({ toolCallId: toolCallIdSchema })
    .describe('A tool call was announced, or first heard of.'),
  'toolCall.updated': toolCallFieldsSchema
    .extend({ toolCallId: toolCallIdSchema })
    .describe('Fields of a tool call changed; each given field replaces the one before.'),
  'toolCall.ended': toolCallFieldsSchema
    .extend({ toolCallId: toolCallIdSchema, status: toolStatusSchema, ...compacted })
    .describe('The final state of a tool call: completed, failed or cancelled.'),

  'plan.updated': z.object({ entries: z.array(planEntrySchema) }).describe('The agent’s plan, whole.'),
  'interaction.opened': z
    .object({
      interactionId: interactionIdSchema,
      interaction: interactionSchema,
      /** The rules that an answer to a permission can save, each with its exact text (W5). */
      rulePreviews: z.array(rulePreviewSchema).optional(),
      /** When it is settled as cancelled, if nobody has answered by then (W4). */
      expiresAt: z.number().optional(),
    })
    .describe('Something only a person can settle is open (law 2).'),
  'interaction.warned': z
    .object({ interactionId: interactionIdSchema, expiresAt: z.number() })
    .describe('An open interaction will soon be given up (W4).'),
  'interaction.settled': z
    .object({ interactionId: interactionIdSchema, settlement: settlementSchema })
    .describe('An interaction is closed for everyone; `by` on the envelope says who answered.'),
  'permission.decided': z
    .object({
      title: z.string(),
      toolCallId: toolCallIdSchema.optional(),
      decision: z.enum(['allow', 'reject']),
      /** What decided, in words: the text of the rule, the mode, or that nobody was there. */
      reason: z.string(),
      ruleId: z.string().optional(),
      mode: permissionModeSchema.optional(),
    })
    .describe('A permission request was answered without asking anybody (W5).'),
  'rule.saved': z
    .object({ rule: ruleSchema, text: z.string() })
    .describe('A permission rule was saved with an answer; those of scope `session` live in the head.'),
  'rule.revoked': z
    .object({ ruleId: z.string(), text: z.string() })
    .describe('A permission rule holds no longer.'),
  'action.taken': z
    .object({
      /** The request. */
      action: z.string(),
      outcome: z.enum(['done', 'nothing', 'refused']),
      detail: z.string().optional(),
      error: z.object({ kind: z.string(), message: z.string() }).optional(),
    })
    .describe(
      'A control action that was refused, or left no event of its own (P8); `by` on the envelope says who asked.',
    ),
  'usage.updated': usageSchema.describe(
    'Tokens and cost as the agent reports them; each given field replaces.',
  ),
  'commands.updated': z
    .object({ commands: z.array(slashCommandSchema) })
    .describe('The slash commands the agent offers, whole.'),

  'commandRun.started': z
    .object({
      commandRunId: commandRunIdSchema,
      command: z.string(),
      cwd: z.string(),
      pid: z.number().int().optional(),
    })
    .describe('A shell command runs.'),
  'commandRun.output': z
    .object({ commandRunId: commandRunIdSchema, stream: z.enum(['stdout', 'stderr']), text: z.string() })
    .describe('What a command printed; text joins the text before it.'),
  'commandRun.ended': z
    .object({
      commandRunId: commandRunIdSchema,
      exitCode: z.number().int(),
      signal: z.string().nullable(),
      failure: failureSchema.optional(),
      tail: z.string().optional(),
      omittedBytes: z.number().int().optional(),
      blob: blobRefSchema.optional(),
      /** In a compacted one, all that came before: the beginning of the run, its time, and what is kept of its output. */
      run: z
        .object({ command: z.string(), cwd: z.string(), endedAt: z.number(), output: outputSchema })
        .optional(),
      /** In a compacted one, the text of all output events, where `run` leaves some of it out. */
      outputBlob: blobRefSchema.optional(),
    })
    .describe(
      'A command ended; exit code −1 with the signal named when there is none. Where output was left out of the events, ' +
        '`omittedBytes` counts it, `tail` is how it ended, and `blob` is the whole up to a bound.',
    ),

  'artifact.declared': z
    .object({ directories: z.array(z.string()), ignore: z.array(z.string()).optional() })
    .describe(
      'The directories whose files are artifacts, whole, as they were given; with `ignore`, rules in gitignore’s syntax that ' +
        'count instead of an `.artifactignore` and the defaults.',
    ),
  'artifact.updated': z
    .object({
      directory: z.string(),
      path: z.string(),
      bytes: z.number().int(),
      blob: blobRefSchema.optional(),
      removed: z.boolean().optional(),
      /** Secrets were taken out of the kept content (C5). */
      redacted: z.boolean().optional(),
      problem: z.enum(['tooLarge', 'sessionFull']).optional(),
      total: z.object({ count: z.number().int(), bytes: z.number().int() }),
    })
    .describe(
      'A file in an artifact directory is new, changed or gone: its path from that directory, with `/`. `blob` is its content; a ' +
        '`problem` says why there is none. `total` counts all artifacts of the session after it, and the bytes that are kept.',
    ),
  'artifact.uploaded': z
    .object({
      directory: z.string(),
      path: z.string(),
      to: z.string(),
      outcome: z.enum(['completed', 'failed', 'cancelled']),
      status: z.number().int().optional(),
      failure: failureSchema.optional(),
    })
    .describe('An upload of an artifact ended. `to` is the address without what may be secret in it.'),
  'compaction.started': z
    .object({ compactionId: compactionIdSchema })
    .describe('The agent began to replace what was said by a summary of it, to make room.'),
  'compaction.ended': z
    .object({
      compactionId: compactionIdSchema,
      status: z.enum(['completed', 'failed', 'cancelled']),
      summary: z.string().optional(),
      error: z.string().optional(),
    })
    .describe('How a compaction ended; one that is told again replaces the one before.'),

  'update.received': z
    .object({ kind: z.string(), update: z.unknown().optional(), bytes: z.number().int().optional() })
    .describe(
      'The agent sent an update of a kind that this version does not know. It is kept as it came and changes nothing; of one that ' +
        'is too large only its size as JSON is kept.',
    ),

  notice: z
    .object({ level: z.enum(['info', 'warning', 'error']), text: z.string(), code: z.string().optional() })
    .describe('A line for the person that belongs to the transcript.'),
} as const;
