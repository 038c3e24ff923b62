import * as z from 'zod';
import type { Envelope } from './events.ts';
import { sessionIdSchema } from './idSchemas.ts';
import { artifactMethods } from './methods/artifactMethods.ts';
import { agentMethods, agentNotifications } from './methods/agentMethods.ts';
import { answerSchema, interactionSchema } from './interaction.ts';
import { documentNotificationSchemas } from './methods/documentMethods.ts';
import { openingMethods } from './methods/openingMethods.ts';
import { ruleMethods } from './methods/ruleMethods.ts';
import { runtimeMethods } from './methods/runtimeMethods.ts';
import { summary } from './methods/shapes.ts';
import { storeMethods } from './methods/storeMethods.ts';
import { transferMethods } from './methods/transferMethods.ts';
import { turnMethods } from './methods/turnMethods.ts';
import { envelopeSchema } from './parseEnvelope.ts';

export { cursorSchema, type Attached, type Cursor } from './methods/shapes.ts';

/**
 * Every request a client may send (ARCHITECTURE.md), with the shapes of its params and its result. The one table that
 * both sides, the extension's relay and `docs/protocol.md` come from; a handler that misses does not compile.
 */
export const requestSchemas = {
  ...runtimeMethods,
  ...agentMethods,
  ...openingMethods,
  ...turnMethods,
  ...storeMethods,
  ...artifactMethods,
  ...transferMethods,
  ...ruleMethods,
} as const;

/** The name of a request. */
export type Method = keyof typeof requestSchemas;
/** What a caller may leave out is optional here. */
export type ParamsIn<M extends Method> = z.input<(typeof requestSchemas)[M]['params']>;
/** What a handler receives: defaults filled in. */
export type Params<M extends Method> = z.output<(typeof requestSchemas)[M]['params']>;
/** What a request is answered with. */
export type Result<M extends Method> = z.output<(typeof requestSchemas)[M]['result']>;

/** LSP's `WorkspaceFolder`s; those that are no files of this machine mean nothing. */
const workspaceFolders = z.array(z.object({ uri: z.string() }));

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
  'workspace/didChangeWorkspaceFolders': {
    params: z.object({ event: z.object({ added: workspaceFolders, removed: workspaceFolders }) }),
    describe:
      'LSP: folders were added to the client’s window or removed from it. One that is there, or was not, changes nothing.',
  },
  ...documentNotificationSchemas,
} as const;
export type ClientNotification = keyof typeof clientNotificationSchemas;
/** Which folders came into a window and which went. */
export type FoldersChange = z.output<
  (typeof clientNotificationSchemas)['workspace/didChangeWorkspaceFolders']['params']
>['event'];

/** Notifications from runtime to client. */
export const runtimeNotificationSchemas = {
  ...agentNotifications,
  'session/events': {
    params: z.object({
      events: z.array(envelopeSchema),
      bytes: z.number().int(),
      openId: z.string().optional(),
      sessionId: sessionIdSchema.optional(),
    }),
    describe:
      'Envelopes of attached sessions, each session’s in order; `bytes` is what they cost of the credit. With the `openId` of an open ' +
      'that is not answered yet, the frame is about that one session, and tells its id.',
  },
  'session/summaries': {
    params: z.object({
      summaries: z.array(summary),
      removed: z.array(sessionIdSchema).default([]),
      notify: z.boolean().default(false),
    }),
    describe:
      'Sessions whose head changed, debounced; for clients that asked for it. With `notify` a person should hear of them: told to ' +
      'one editor alone for each cause, the one with the focus, else the one whose folders contain the session’s directory, else ' +
      'the one used last.',
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

/**
 * Requests from a foreign host to its client. Our runtime sends none: what it asks is an event, and a command settles it
 * (law 2). An ask that nobody answers is answered −32603, saying why.
 */
export const hostRequestSchemas = {
  'session/ask': {
    params: z.object({
      sessionId: sessionIdSchema.optional(),
      openId: z.string().optional(),
      interaction: interactionSchema,
    }),
    result: answerSchema,
    describe:
      'Asks the person about a session, named by its id or by the `openId` of an open that is not answered yet.',
  },
} as const;
export type HostRequest = keyof typeof hostRequestSchemas;

/** Params of `session/events` inside: envelopes whose events were read. */
export interface EventsFrame {
  readonly events: readonly Envelope[];
  readonly bytes: number;
}

/** What a notification says. */
export type NotificationParams<N extends ClientNotification | RuntimeNotification> =
  N extends ClientNotification
    ? z.input<(typeof clientNotificationSchemas)[N]['params']>
    : N extends RuntimeNotification
      ? z.output<(typeof runtimeNotificationSchemas)[N]['params']>
      : never;
