import * as z from 'zod';
import { itemIdSchema, sessionIdSchema } from '../idSchemas.ts';
import { command, cursorSchema, head, item, limit, optionalSession, summary } from './shapes.ts';

/** Requests for what the journal holds, and for removing it. See `methods.ts`. */
export const storeMethods = {
  'session/history': {
    params: z.object({
      ...optionalSession,
      before: z.number().int().min(1).optional(),
      limit: limit(500, 100),
    }),
    result: z.object({
      sessionId: sessionIdSchema,
      items: z.array(item),
      more: z.boolean(),
      cursor: cursorSchema,
    }),
    describe: 'Folded rows before a position (or the last ones), oldest first, as of `cursor`.',
  },
  'session/list': {
    params: z.object({
      after: z.string().optional(),
      limit: limit(1000, 200),
      archived: z.boolean().optional(),
      pinned: z.boolean().optional(),
      failed: z.boolean().optional(),
      agent: z.string().optional(),
      cwd: z.string().optional(),
      within: z.array(z.string()).max(100).optional(),
      phase: z.array(z.enum(['opening', 'idle', 'running', 'waiting', 'detached', 'ended'])).optional(),
      attention: z.array(z.enum(['needsYou', 'failed', 'finished', 'working', 'none'])).optional(),
      text: z.string().optional(),
    }),
    result: z.object({ sessions: z.array(summary), next: z.string().optional() }),
    describe:
      'Sessions by last change, newest first, from heads alone. All that is given must hold: `cwd` is the working directory itself, ' +
      '`within` names folders of which one is it or has it in it, `text` is part of the title, the agent’s id or name, or the ' +
      'working directory, in any case, and `failed` tells whether what happened last failed, read or not.',
  },
  'session/search': {
    params: z.object({
      query: z.string().max(1000),
      limit: limit(100, 20),
      after: z
        .string()
        .regex(/^\d{1,9}$/, 'not a place in the hits; leave it out to start from the best')
        .optional(),
      sessionId: sessionIdSchema.optional(),
    }),
    result: z.object({
      hits: z.array(
        z.object({
          sessionId: sessionIdSchema,
          title: z.string(),
          itemId: itemIdSchema,
          position: z.number().int(),
          at: z.number(),
          rank: z.number(),
          snippet: z.string(),
          matches: z.array(z.tuple([z.number().int(), z.number().int()])),
        }),
      ),
      next: z.string().optional(),
      indexing: z.boolean(),
    }),
    describe:
      'Rows whose text has all the words, the last one also as the beginning of a word; the best first (`rank` is bm25’s: the ' +
      'lower the better). `matches` are the stretches of the snippet that were found. With `indexing`, not everything is in the ' +
      'index yet.',
  },
  'session/get': {
    params: z.object(optionalSession),
    result: z.object({ sessionId: sessionIdSchema, cursor: cursorSchema, head }),
    describe: 'One session’s head.',
  },
  'blob/read': {
    params: z.object({
      ...optionalSession,
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      offset: z.number().int().min(0).default(0),
      length: limit(1024 * 1024, 1024 * 1024),
    }),
    result: z.object({
      sessionId: sessionIdSchema,
      sha256: z.string(),
      offset: z.number().int(),
      size: z.number().int(),
      data: z.string(),
    }),
    describe:
      'Bytes of a large content that events of the session refer to, as base64; at most 1 MiB at once. `size` is the length of ' +
      'the whole. `blobNotFound` when the session refers to none of that SHA-256.',
  },
  'session/delete': {
    params: z.object({ sessionId: sessionIdSchema, ...command, force: z.boolean().default(false) }),
    result: z.object({ sessionId: sessionIdSchema }),
    describe:
      'Removes a session for good: ends it first, as `session/end` does, then frees all it had. Whoever was attached is told by ' +
      '`session/summaries` (`removed`). The id is free again, for another lineage.',
  },
  'session/prune': {
    params: z.object({
      ...command,
      olderThanMs: z.number().min(0),
      archivedOnly: z.boolean().default(false),
      dryRun: z.boolean().default(true),
    }),
    result: z.object({
      sessions: z.array(z.object({ sessionId: sessionIdSchema, title: z.string(), updatedAt: z.number() })),
      bytes: z.number(),
      deleted: z.number().int(),
      more: z.boolean(),
    }),
    describe:
      'Deletes the sessions in which nothing happened for so long, and which are not archived since less; pinned and busy ones stay. ' +
      'A dry run, which it is unless told ' +
      'otherwise, only names them and what they weigh. At most 1000 at once: `more` says that there are others.',
  },
} as const;
