import type { McpServersIn } from '../protocol/agentDefinition.ts';
import { fromErrorResponse, HoldfastError } from '../protocol/errors.ts';
import { newCommandId, newSessionId, type SessionId } from '../protocol/ids.ts';
import { requestSchemas, type Cursor, type Method } from '../protocol/methods.ts';
import { parseParams } from '../protocol/parseParams.ts';
import type { SessionHandlers } from './handlers.ts';
import type { Outbox, SendOptions } from './outbox.ts';
import type { Placement } from './registration.ts';

/** What is common to making a session and opening one that exists. */
interface OpenCommon extends SessionHandlers {
  /** Gives the opening up; what was sent is cancelled and the id is free again. */
  readonly signal?: AbortSignal | undefined;
}

/** A new session. */
export interface CreateConfig extends OpenCommon {
  readonly resume?: undefined;
  readonly attach?: undefined;
  readonly fork?: undefined;
  /** Minted when absent. The id of an open that failed can be used again at once. */
  readonly sessionId?: string | undefined;
  /** The working directory, absolute. */
  readonly cwd: string;
  /** The id of an agent; default: the configured one, else Shell. */
  readonly agent?: string | undefined;
  readonly title?: string | undefined;
  /** Environment of this session, over the agent's own. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** MCP servers of this session by name; over its agent's of the same names (P1). */
  readonly mcpServers?: McpServersIn | undefined;
  /** Names of those whose values are secret whatever they look like: shown nowhere, as those called KEY, TOKEN and the like. */
  readonly secrets?: readonly string[] | undefined;
  readonly additionalDirectories?: readonly string[] | undefined;
  /** Directories whose files are artifacts: kept, listed, read and uploaded; inside of the session's directories. */
  readonly artifacts?: readonly string[] | undefined;
  /** Rules in gitignore's syntax that count instead of an `.artifactignore` and the defaults. */
  readonly artifactIgnore?: readonly string[] | undefined;
}

/** Where the events of a session that exists begin: at the first one, after a cursor, or after a snapshot with the last `tail` rows. */
export type Beginning = true | { readonly cursor: Cursor } | { readonly tail: number };

/** A session that exists, to go on with: an ended one is opened again. */
export interface ResumeConfig extends OpenCommon {
  readonly sessionId: string;
  readonly resume: Beginning;
  readonly attach?: undefined;
  readonly fork?: undefined;
  /** Values that the session misses since the runtime was started anew. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** MCP servers that the session misses since the runtime was started anew, or others of the same names. */
  readonly mcpServers?: McpServersIn | undefined;
  /** Names of those whose values are secret whatever they look like: shown nowhere, as those called KEY, TOKEN and the like. */
  readonly secrets?: readonly string[] | undefined;
}

/** A session that exists, to look at and to take part in: an ended one stays ended. */
export interface AttachConfig extends OpenCommon {
  readonly sessionId: string;
  readonly attach: Beginning;
  readonly resume?: undefined;
  readonly fork?: undefined;
}

/** A new session that goes on from where another one stands, with the same agent in the same directory. */
export interface ForkConfig extends OpenCommon {
  /** The id of the session to go on from. */
  readonly fork: string;
  readonly resume?: undefined;
  readonly attach?: undefined;
  /** The new session's id; minted when absent. */
  readonly sessionId?: string | undefined;
  readonly title?: string | undefined;
  /** MCP servers of the new session by name, over those that the other session has. */
  readonly mcpServers?: McpServersIn | undefined;
}

/** What `openSession` takes. */
export type OpenConfig = CreateConfig | ResumeConfig | AttachConfig | ForkConfig;

/** An open that was validated and has its id: what is registered, and what is sent. */
export interface Opening {
  readonly sessionId: SessionId;
  readonly kind: 'create' | 'resume' | 'tail';
  /** The last number that is known already. */
  readonly since: number;
  /** Whether only the answer tells where events begin. */
  readonly hold: boolean;
  /** Sends the request and reads where the session stands. */
  send(outbox: Outbox, options: SendOptions): Promise<Placement>;
}

/** Validates a config and mints what it lacks. Throws `invalidParams` naming the field. */
export function prepare(config: OpenConfig): Opening {
  if (config.resume !== undefined) return prepareResume(config);
  if (config.attach !== undefined) return prepareAttach(config);
  if (config.fork !== undefined) return prepareFork(config);
  const { sessionId = newSessionId(), cwd, agent, title, env, secrets, mcpServers } = config;
  const { additionalDirectories, artifacts, artifactIgnore } = config;
  const settings = { cwd, agent, title, env, secrets, mcpServers, additionalDirectories };
  const given = { sessionId, commandId: newCommandId(), ...settings, artifacts, artifactIgnore };
  const params = parseParams('session/create', requestSchemas['session/create'].params, given);
  const id = sessionId as SessionId;
  return {
    ...{ sessionId: id, kind: 'create', since: 0, hold: false },
    send: async (outbox, options) =>
      own(id, 'session/create', await outbox.request('session/create', params, options)),
  };
}

function prepareResume({ sessionId, resume, env, secrets, mcpServers }: ResumeConfig): Opening {
  const given = { sessionId, commandId: newCommandId(), env, secrets, mcpServers, ...startOf(resume) };
  const params = parseParams('session/resume', requestSchemas['session/resume'].params, given);
  return {
    ...placeOf(params.sessionId, resume),
    send: async (outbox, options) =>
      own(params.sessionId, 'session/resume', await outbox.request('session/resume', params, options)),
  };
}

function prepareAttach({ sessionId, attach }: AttachConfig): Opening {
  const given = { sessions: [{ sessionId, ...startOf(attach) }] };
  const params = parseParams('session/attach', requestSchemas['session/attach'].params, given);
  const id = sessionId as SessionId;
  return {
    ...placeOf(id, attach),
    async send(outbox, options) {
      const { sessions } = await outbox.request('session/attach', params, options);
      const answer = sessions[0];
      if (answer === undefined)
        throw new HoldfastError('badAnswer', `session/attach did not answer for the session ${id}`);
      if ('error' in answer)
        throw fromErrorResponse({ code: 0, message: answer.error.message, data: answer.error });
      return own(id, 'session/attach', answer);
    },
  };
}

function prepareFork({ fork, sessionId = newSessionId(), title, mcpServers }: ForkConfig): Opening {
  const given = { sessionId: fork, newSessionId: sessionId, commandId: newCommandId(), title, mcpServers };
  const params = parseParams('session/fork', requestSchemas['session/fork'].params, given);
  const id = sessionId as SessionId;
  return {
    ...{ sessionId: id, kind: 'create', since: 0, hold: false },
    send: async (outbox, options) =>
      own(id, 'session/fork', await outbox.request('session/fork', params, options)),
  };
}

function startOf(beginning: Beginning): Exclude<Beginning, true> | object {
  return beginning === true ? {} : beginning;
}

function placeOf(sessionId: SessionId, beginning: Beginning): Omit<Opening, 'send'> {
  const begin = beginning === true ? undefined : beginning;
  if (begin === undefined) return { sessionId, kind: 'resume', since: 0, hold: false };
  if ('tail' in begin) return { sessionId, kind: 'tail', since: 0, hold: true };
  return { sessionId, kind: 'resume', since: begin.cursor.seq, hold: true };
}

/** Throws `badAnswer` when an answer speaks of another session. */
function own<T extends Placement & { readonly sessionId: SessionId }>(
  sessionId: SessionId,
  method: Method,
  answer: T,
): T {
  if (answer.sessionId === sessionId) return answer;
  throw new HoldfastError('badAnswer', `${method} for ${sessionId} was answered for ${answer.sessionId}`, {
    sessionId,
  });
}
