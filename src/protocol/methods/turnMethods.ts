import * as z from 'zod';
import { interactionIdSchema, sessionIdSchema, turnIdSchema } from '../idSchemas.ts';
import { answerSchema, settlementSchema } from '../interaction.ts';
import { bySchema } from '../parseEnvelope.ts';
import { permissionModeSchema, ruleDraftSchema, ruleSchema } from '../permission.ts';
import { limitMsSchema, turnLimits, turnOptions } from '../turnPlan.ts';
import {
  accepted,
  command,
  declaredArtifacts,
  head,
  optionalSession,
  promptContent,
  queue,
} from './shapes.ts';

/** Requests that act in a session: turns, answers, settings, its end. See `methods.ts`. */
export const turnMethods = {
  'session/prompt': {
    params: z.object({
      ...optionalSession,
      ...command,
      content: promptContent,
      ...declaredArtifacts,
      mode: z.enum(['queue', 'steer', 'interrupt', 'reject']).default('queue'),
      origin: z.enum(['person', 'api']).default('person'),
      ...turnOptions,
    }),
    result: accepted.extend({ steered: z.boolean().optional() }),
    describe:
      'Sends a prompt; answered when it is durably accepted: running, or in the queue. With `steer`, `steered` says whether it ' +
      'was given to the running turn: `turn.ended` with `joined` then tells that it was taken in, `turn.steerRefused` that it was ' +
      'not; otherwise it waits like any other.',
  },
  'session/command': {
    params: z.object({
      ...optionalSession,
      ...command,
      command: z.string().min(1),
      cwd: z.string().optional(),
      env: z.record(z.string(), z.string()).optional(),
      timeoutMs: z.number().int().min(1).optional(),
      ...turnLimits,
    }),
    result: accepted,
    describe:
      'Runs a shell command as a turn of its own, in the session’s working directory unless told otherwise.',
  },
  'session/cancel': {
    params: z.object({ ...optionalSession, ...command, turnId: turnIdSchema.optional() }),
    result: z.object({ sessionId: sessionIdSchema, turnId: turnIdSchema.optional(), cancelled: z.boolean() }),
    describe: 'Cancels the named turn, running or queued, or the running one. Harmless when there is none.',
  },
  'session/queue': {
    params: z.object({
      ...optionalSession,
      ...command,
      action: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('list') }),
        z.object({
          kind: z.literal('edit'),
          turnId: turnIdSchema,
          content: promptContent,
        }),
        z.object({ kind: z.literal('move'), turnId: turnIdSchema, before: turnIdSchema.optional() }),
        z.object({ kind: z.literal('remove'), turnId: turnIdSchema }),
      ]),
    }),
    result: z.object({ sessionId: sessionIdSchema, queue }),
    describe:
      'What waits for the running turn: lists it, edits what one will send, moves one before another or behind all, removes one. ' +
      'Fails with `turnNotFound` for a turn that does not wait (any more).',
  },
  'session/answer': {
    params: z.object({
      sessionId: sessionIdSchema,
      interactionId: interactionIdSchema,
      ...command,
      answer: answerSchema,
      /** A rule to save with the answer to a permission: it must match the request, and decide as the answer does (W5). */
      saveRule: ruleDraftSchema.optional(),
    }),
    result: z.object({
      sessionId: sessionIdSchema,
      interactionId: interactionIdSchema,
      settlement: settlementSchema,
      by: bySchema.optional(),
      rule: ruleSchema.optional(),
    }),
    describe:
      'Settles an interaction. The first answer wins; a later one fails with `interactionSettled` and says who won.',
  },
  'session/configure': {
    params: z.object({
      ...optionalSession,
      ...command,
      title: z.string().min(1).max(500).optional(),
      mode: z.string().optional(),
      model: z.string().optional(),
      options: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
      pinned: z.boolean().optional(),
      archived: z.boolean().optional(),
      readSeq: z.number().int().min(0).optional(),
      permissionMode: permissionModeSchema.optional(),
      /** So long questions wait unless their prompt says otherwise; 0 is without end (W4). */
      waitLimitMs: z.union([z.literal(0), limitMsSchema]).optional(),
    }),
    result: z.object({ sessionId: sessionIdSchema, head }),
    describe: 'Changes settings of a session; only what is given changes.',
  },
  'session/end': {
    params: z.object({ sessionId: sessionIdSchema, ...command, force: z.boolean().default(false) }),
    result: z.object({ sessionId: sessionIdSchema }),
    describe:
      'Ends a session. Refused with `sessionBusy` while a turn runs, unless forced: then the turn is cancelled first.',
  },
} as const;
