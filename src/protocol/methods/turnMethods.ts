import * as z from 'zod';
import { contentBlockSchema } from '../content.ts';
import { interactionIdSchema, sessionIdSchema, turnIdSchema } from '../idSchemas.ts';
import { answerSchema, settlementSchema } from '../interaction.ts';
import { bySchema } from '../parseEnvelope.ts';
import { accepted, command, declaredArtifacts, head, optionalSession } from './shapes.ts';

/** Requests that act in a session: turns, answers, settings, its end. See `methods.ts`. */
export const turnMethods = {
  'session/prompt': {
    params: z.object({
      ...optionalSession,
      ...command,
      content: z.array(contentBlockSchema).min(1),
      ...declaredArtifacts,
      mode: z.enum(['queue', 'interrupt', 'reject']).default('queue'),
      origin: z.enum(['person', 'api']).default('person'),
    }),
    result: accepted,
    describe: 'Sends a prompt; answered when it is durably accepted: running, or in the queue.',
  },
  'session/command': {
    params: z.object({
      ...optionalSession,
      ...command,
      command: z.string().min(1),
      cwd: z.string().optional(),
      env: z.record(z.string(), z.string()).optional(),
      timeoutMs: z.number().int().min(1).optional(),
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
  'session/answer': {
    params: z.object({
      sessionId: sessionIdSchema,
      interactionId: interactionIdSchema,
      ...command,
      answer: answerSchema,
    }),
    result: z.object({
      sessionId: sessionIdSchema,
      interactionId: interactionIdSchema,
      settlement: settlementSchema,
      by: bySchema.optional(),
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
