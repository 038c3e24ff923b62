import * as z from 'zod';
import { blobRefSchema } from '../content.ts';
import { commandIdSchema, sessionIdSchema } from '../idSchemas.ts';
import { command, limit, optionalSession } from './shapes.ts';

const artifact = z.object({
  directory: z.string(),
  path: z.string(),
  bytes: z.number().int(),
  blob: blobRefSchema.optional(),
  redacted: z.boolean().optional(),
  problem: z.string().optional(),
});

/** An artifact as `artifact/list` gives it: its last news. */
export type ListedArtifact = z.infer<typeof artifact>;

/** Which artifact is meant; where `directory` is absent, the first with that path. */
const which = { directory: z.string().optional(), path: z.string().min(1) };

/** Requests for the files a session produced (C4). See `methods.ts`. */
export const artifactMethods = {
  'artifact/list': {
    params: z.object({
      ...optionalSession,
      after: z.number().int().min(0).default(0),
      limit: limit(1000, 200),
    }),
    result: z.object({
      sessionId: sessionIdSchema,
      artifacts: z.array(artifact),
      next: z.number().int().optional(),
    }),
    describe: 'The artifacts of a session, by path. `next` is where the following page begins (`after`).',
  },
  'artifact/read': {
    params: z.object({
      ...optionalSession,
      ...which,
      offset: z.number().int().min(0).default(0),
      length: limit(1024 * 1024, 1024 * 1024),
    }),
    result: z.object({
      sessionId: sessionIdSchema,
      artifact,
      offset: z.number().int(),
      size: z.number().int(),
      data: z.string(),
    }),
    describe:
      'Bytes of an artifact as it was last seen, as base64; at most 1 MiB at once. `size` is the length of the whole. ' +
      '`artifactNotFound` when there is none, or its content is not kept.',
  },
  'artifact/upload': {
    params: z.object({
      sessionId: sessionIdSchema,
      ...which,
      ...command,
      url: z.url({ protocol: /^https?$/, message: 'must be an http or https address' }),
      method: z.enum(['PUT', 'POST']).default('PUT'),
      headers: z.record(z.string(), z.string()).default({}),
      timeoutMs: z.number().int().min(1).max(600_000).default(60_000),
    }),
    result: z.object({ sessionId: sessionIdSchema, artifact, status: z.number().int() }),
    describe:
      'Sends an artifact to an address and answers when it was taken; redirections are not followed. Fails with `uploadFailed`, or ' +
      '`timedOut` after `timeoutMs`. The end is also an event, `artifact.uploaded`, while the session is not ended.',
  },
  'artifact/cancelUpload': {
    params: z.object({ sessionId: sessionIdSchema, ...command, upload: commandIdSchema }),
    result: z.object({ sessionId: sessionIdSchema, cancelled: z.boolean() }),
    describe: 'Stops an upload, named by the `commandId` it was asked for with. Harmless when it is over.',
  },
} as const;
