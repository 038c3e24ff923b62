import * as z from 'zod';
import { mcpServersSchema } from './agentDefinition.ts';
import { contentBlockSchema } from './content.ts';
import type { Envelope } from './events.ts';
import type { Head } from './head.ts';
import {
  commandIdSchema,
  interactionIdSchema,
  itemIdSchema,
  journalIdSchema,
  processIdSchema,
  sessionIdSchema,
  turnIdSchema,
} from './idSchemas.ts';
import { answerSchema, settlementSchema } from './interaction.ts';
import type { Item } from './items.ts';
import { bySchema, envelopeSchema } from './parseEnvelope.ts';
import type { Summary } from './summary.ts';

/** A folded structure that both sides make with the same code; its inside is typed, not parsed again. */
function folded<T>(description: string): z.ZodType<T, T> {
  return z.looseObject({}).describe(description) as unknown as z.ZodType<T, T>;
}

const head = folded<Head>('A session’s head, see “Head”.');
const item = folded<Item>('A row of the transcript, see “Items”.');
const summary = folded<Summary>('A row of a sessions list, see “Summary”.');

export const cursorSchema = z.object({ journal: journalIdSchema, seq: z.number().int().min(0) });

/** How far a client has come, in which lineage (law 6). */
export type Cursor = z.infer<typeof cursorSchema>;

/** Where to begin: after a cursor, with the last `tail` rows folded, or, with neither, from the first event. */
const startSchema = z.object({
  cursor: cursorSchema.optional(),
  tail: z.number().int().min(0).max(1000).optional(),
});

const optionalSession = { sessionId: sessionIdSchema.optional() };
const command = { commandId: commandIdSchema };
const limit = (most: number, usual: number) => z.number().int().min(1).max(most).default(usual);

/**
 * What an attached session answers. Events after `cursor` follow as `session/events`. With `reset` the client’s own
 * cursor could not be served: it drops what it has and starts from `head` and `items`.
 */
const attachedSchema = z.object({
  sessionId: sessionIdSchema,
  cursor: cursorSchema,
  head,
  reset: z.boolean(),
  items: z.array(item).optional(),
  /** Whether there are rows before the first of `items`. */
  more: z.boolean().optional(),
});
export type Attached = z.infer<typeof attachedSchema>;

const accepted = z.object({ sessionId: sessionIdSchema, turnId: turnIdSchema, queued: z.boolean() });

/**
 * Every request a client may send (ARCHITECTURE.md), with the shapes of its params and its result. The one table that
 * both sides, the extension's relay and `docs/protocol.md` come from; a handler that misses does not compile.
 */
export const requestSchemas = {
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
  'runtime/stopProcess': {
    params: z.object({ processId: processIdSchema, ...command, force: z.boolean().default(false) }),
    result: z.object({ processId: processIdSchema, sessions: z.array(sessionIdSchema) }),
    describe:
      'Stops one agent process; its sessions are detached and go on with their next prompt. Refused with `sessionBusy` while one of ' +
      'them runs a turn, unless forced. Answered when the process is gone.',
  },
  'agent/list': {
    params: z.object({}),
    result: z.object({
      agents: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          source: z.enum(['builtin', 'path', 'file', 'settings']),
          command: z.string().optional(),
        }),
      ),
      problems: z.array(z.object({ agent: z.string(), source: z.string(), problem: z.string() })),
    }),
    describe: 'The agents a session can be created with, and the definitions that could not be read.',
  },
  'session/create': {
    params: z.object({
      sessionId: sessionIdSchema.optional(),
      openId: z.string().max(200).optional(),
      ...command,
      agent: z.string().min(1).optional(),
      cwd: z.string().min(1),
      additionalDirectories: z.array(z.string()).optional(),
      title: z.string().min(1).max(500).optional(),
      env: z.record(z.string(), z.string()).optional(),
      mcpServers: mcpServersSchema.optional(),
    }),
    result: z.object({ sessionId: sessionIdSchema, cursor: cursorSchema, head }),
    describe:
      'Creates a session and attaches this connection from the first event. Answered when `session.started` is committed.',
  },
  'session/resume': {
    params: z.object({
      sessionId: sessionIdSchema,
      openId: z.string().max(200).optional(),
      ...command,
      ...startSchema.shape,
      env: z.record(z.string(), z.string()).optional(),
      mcpServers: mcpServersSchema.optional(),
    }),
    result: attachedSchema,
    describe: 'Opens an existing session, also an ended one, and attaches this connection in the same step.',
  },
  'session/fork': {
    params: z.object({
      sessionId: sessionIdSchema,
      newSessionId: sessionIdSchema.optional(),
      openId: z.string().max(200).optional(),
      ...command,
      title: z.string().min(1).max(500).optional(),
    }),
    result: z.object({ sessionId: sessionIdSchema, cursor: cursorSchema, head }),
    describe:
      'Creates a session that goes on from where another one stands, with the same agent in the same directory, and attaches this ' +
      'connection from its first event. The transcript begins anew; an agent that cannot fork does not remember, and a notice says so.',
  },
  'session/attach': {
    params: z.object({
      sessions: z
        .array(startSchema.extend({ sessionId: sessionIdSchema }))
        .min(1)
        .max(1000),
    }),
    result: z.object({
      sessions: z.array(
        z.union([
          attachedSchema,
          z.object({
            sessionId: sessionIdSchema,
            error: z.object({ kind: z.string(), message: z.string() }),
          }),
        ]),
      ),
    }),
    describe: 'Attaches to many sessions with cursors. Replay and live are the same notification.',
  },
  'session/leave': {
    params: z.object({ sessionId: sessionIdSchema }),
    result: z.object({}),
    describe: 'Stops the events of a session for this connection.',
  },
  'session/switch': {
    params: z.object({ sessionId: sessionIdSchema }),
    result: z.object({ sessionId: sessionIdSchema }),
    describe: 'Makes a session the current one of this connection: what an absent `sessionId` means.',
  },
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
      agent: z.string().optional(),
      cwd: z.string().optional(),
      phase: z.array(z.enum(['opening', 'idle', 'running', 'waiting', 'detached', 'ended'])).optional(),
      text: z.string().optional(),
    }),
    result: z.object({ sessions: z.array(summary), next: z.string().optional() }),
    describe: 'Sessions by last change, newest first, from heads alone.',
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
  'session/prompt': {
    params: z.object({
      ...optionalSession,
      ...command,
      content: z.array(contentBlockSchema).min(1),
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
      'Deletes the sessions in which nothing happened for so long; pinned and busy ones stay. A dry run, which it is unless told ' +
      'otherwise, only names them and what they weigh. At most 1000 at once: `more` says that there are others.',
  },
} as const;

/** The name of a request. */
export type Method = keyof typeof requestSchemas;
/** What a caller may leave out is optional here. */
export type ParamsIn<M extends Method> = z.input<(typeof requestSchemas)[M]['params']>;
/** What a handler receives: defaults filled in. */
export type Params<M extends Method> = z.output<(typeof requestSchemas)[M]['params']>;
export type Result<M extends Method> = z.output<(typeof requestSchemas)[M]['result']>;

/** Notifications from client to runtime. */
export const clientNotificationSchemas = {
  'feed/credit': {
    params: z.object({ bytes: z.number().int().min(0) }),
    describe: 'Gives back what `session/events` charged, once it has been taken in (law 7).',
  },
  'window/focus': {
    params: z.object({ focused: z.boolean(), sessionId: sessionIdSchema.optional() }),
    describe: 'Whether the client’s window has the focus, and which session is in front.',
  },
} as const;
export type ClientNotification = keyof typeof clientNotificationSchemas;

/** Notifications from runtime to client. */
export const runtimeNotificationSchemas = {
  'session/events': {
    params: z.object({ events: z.array(envelopeSchema), bytes: z.number().int() }),
    describe:
      'Envelopes of attached sessions, each session’s in order; `bytes` is what they cost of the credit.',
  },
  'session/summaries': {
    params: z.object({ summaries: z.array(summary), removed: z.array(sessionIdSchema).default([]) }),
    describe: 'Sessions whose head changed, debounced; for clients that asked for it.',
  },
  'runtime/state': {
    params: z.object({
      state: z.enum(['recovering', 'ready', 'retiring']),
      storage: z.enum(['ok', 'failed']),
      reason: z.string().optional(),
    }),
    describe: 'The runtime’s own state, on connecting and on every change.',
  },
} as const;
export type RuntimeNotification = keyof typeof runtimeNotificationSchemas;

/** Params of `session/events` inside: envelopes whose events were read. */
export interface EventsFrame {
  readonly events: readonly Envelope[];
  readonly bytes: number;
}

export type NotificationParams<N extends ClientNotification | RuntimeNotification> =
  N extends ClientNotification
    ? z.input<(typeof clientNotificationSchemas)[N]['params']>
    : N extends RuntimeNotification
      ? z.output<(typeof runtimeNotificationSchemas)[N]['params']>
      : never;
