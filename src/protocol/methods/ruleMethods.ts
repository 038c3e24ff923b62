import * as z from 'zod';
import { sessionIdSchema } from '../idSchemas.ts';
import { ruleSchema } from '../permission.ts';
import { command } from './shapes.ts';

/** Requests about permission rules (W5). A rule is saved with an answer, see `session/answer`. */
export const ruleMethods = {
  'rule/list': {
    params: z.object({ sessionId: sessionIdSchema.optional() }),
    result: z.object({
      rules: z.array(ruleSchema.extend({ text: z.string() })),
      /** Why the stored rules cannot be read, with the file’s name. */
      problem: z.string().optional(),
    }),
    describe:
      'The rules for workspaces and for always, and with `sessionId` those of that session before them.',
  },
  'rule/revoke': {
    params: z.object({
      ruleId: z.string().min(1).max(256),
      sessionId: sessionIdSchema.optional(),
      ...command,
    }),
    result: z.object({ ruleId: z.string() }),
    describe: 'Takes a rule back; one of a session with its `sessionId`. Fails with `ruleNotFound`.',
  },
} as const;
