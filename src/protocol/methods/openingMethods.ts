import * as z from 'zod';
import { mcpServersSchema } from '../agentDefinition.ts';
import { sessionIdSchema } from '../idSchemas.ts';
import { permissionModeSchema } from '../permission.ts';
import { limitMsSchema } from '../turnPlan.ts';
import { attachedSchema, command, cursorSchema, declaredArtifacts, head, startSchema } from './shapes.ts';

/** Names of variables and headers whose values are secret whatever they look like; those called so are secret anyway (C5). */
const secretNames = { secrets: z.array(z.string().min(1).max(200)).max(500).optional() };

/** Requests that open, attach and leave sessions (law 3, law 6). See `methods.ts`. */
export const openingMethods = {
  'session/create': {
    params: z.object({
      sessionId: sessionIdSchema.optional(),
      openId: z.string().max(200).optional(),
      ...command,
      agent: z.string().min(1).optional(),
      cwd: z.string().min(1),
      additionalDirectories: z.array(z.string()).optional(),
      title: z.string().min(1).max(500).optional(),
      /** A conversation that the agent knows from before (`agent/sessions`): its past becomes the transcript. */
      agentSessionId: z.string().min(1).max(1000).optional(),
      env: z.record(z.string(), z.string()).optional(),
      mcpServers: mcpServersSchema.optional(),
      ...secretNames,
      ...declaredArtifacts,
      permissionMode: permissionModeSchema.optional(),
      waitLimitMs: limitMsSchema.optional(),
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
      ...secretNames,
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
      mcpServers: mcpServersSchema.optional(),
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
} as const;
