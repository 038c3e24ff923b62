import * as z from 'zod';
import { processIdSchema, sessionIdSchema } from '../idSchemas.ts';
import { command } from './shapes.ts';

/** Requests about the runtime itself and the processes it runs. See `methods.ts`. */
export const runtimeMethods = {
  'runtime/status': {
    params: z.object({}),
    result: z.object({
      pid: z.number().int(),
      buildId: z.string(),
      runtimeId: z.string(),
      protocol: z.object({ min: z.number(), max: z.number() }),
      uptimeMs: z.number(),
      socket: z.string(),
      home: z.string(),
      node: z.string(),
      sqlite: z.string(),
      rssBytes: z.number(),
      clients: z.number().int(),
      processes: z.array(
        z.object({
          processId: processIdSchema,
          pid: z.number().int().nullable(),
          agent: z.string(),
          sessions: z.array(sessionIdSchema),
          rssBytes: z.number().nullable(),
          ageMs: z.number(),
        }),
      ),
      sessions: z.object({ total: z.number().int(), running: z.number().int(), waiting: z.number().int() }),
    }),
    describe: 'The runtime and what it runs.',
  },
  'runtime/retire': {
    params: z.object({ force: z.boolean().default(false) }),
    result: z.object({ retiring: z.boolean(), reason: z.string().optional() }),
    describe:
      'Asks the runtime to exit when nothing runs, waits or is queued; with `force` it ends turns first.',
  },
  'runtime/check': {
    params: z.object({}),
    result: z.object({ ok: z.boolean(), problems: z.array(z.string()) }),
    describe: 'Reads the whole journal, beside what else is done, and says what is wrong with it.',
  },
  'runtime/listen': {
    params: z.object({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535).default(0),
      token: z.string().min(16).max(1000),
      /** Names by which clients may address this host, besides its own. */
      names: z.array(z.string()).default([]),
      /** Files on the runtime's machine, PEM. */
      tls: z.object({ cert: z.string(), key: z.string() }).optional(),
    }),
    result: z.object({ url: z.string() }),
    describe:
      'Listens on a TCP port until the connection that asked for it is closed. Clients that come over it bring the given token, and ' +
      'get session ids assigned (`sessionIds` is `host`). Refused with `accessRefused` over anything but the runtime’s own socket.',
  },
  'runtime/stopProcess': {
    params: z.object({ processId: processIdSchema, ...command, force: z.boolean().default(false) }),
    result: z.object({ processId: processIdSchema, sessions: z.array(sessionIdSchema) }),
    describe:
      'Stops one agent process; its sessions are detached and go on with their next prompt. Refused with `sessionBusy` while one of ' +
      'them runs a turn, unless forced. Answered when the process is gone.',
  },
} as const;
