import * as z from 'zod';
import { sessionIdSchema } from '../idSchemas.ts';
import { envelopeSchema } from '../parseEnvelope.ts';
import { command, cursorSchema, limit, optionalSession } from './shapes.ts';

/** Requests that read a session's envelopes page by page, and that take a whole session in (J7). See `methods.ts`. */
export const transferMethods = {
  'session/export': {
    params: z.object({ ...optionalSession, cursor: cursorSchema.optional(), limit: limit(2000, 500) }),
    result: z.object({
      sessionId: sessionIdSchema,
      cursor: cursorSchema,
      envelopes: z.array(envelopeSchema),
      more: z.boolean(),
    }),
    describe:
      'Envelopes after a cursor, or from the first one, as they are stored: a page of at most 256 KiB outside the credit. `cursor` is ' +
      'where the next page goes on; `more` says that there is one now. A cursor of another lineage is refused with `interrupted`.',
  },
  'session/import': {
    params: z.object({
      importId: z.string().min(1).max(200),
      page: z.number().int().min(0),
      ...command,
      envelopes: z.array(envelopeSchema).max(2000).default([]),
      blobs: z
        .array(
          z.object({
            sha256: z.string().regex(/^[0-9a-f]{64}$/),
            offset: z.number().int().min(0),
            data: z.string().max(4 * 1024 * 1024),
          }),
        )
        .max(2000)
        .default([]),
      cwd: z.string().min(1).optional(),
      done: z.boolean().default(false),
    }),
    result: z.object({
      sessionId: sessionIdSchema.optional(),
      events: z.number().int(),
      missingBlobs: z.number().int(),
    }),
    describe:
      'Takes a session in, in pages that are numbered from 0 and belong together by `importId`; a page that was taken already is ' +
      'answered again. The last one says `done`, and then the session is there as a whole, ended, under a new id in a new lineage. Its ' +
      'agent is this runtime’s own of the same name: commands that a file brings are never run. Blobs come as base64 in stretches. A page ' +
      'that is cancelled gives all of it up, the last one as long as the session is not there.',
  },
} as const;
