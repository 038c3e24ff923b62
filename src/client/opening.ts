import type { McpServersIn } from '../protocol/agentDefinition.ts';
import { fromErrorResponse, HoldfastError } from '../protocol/errors.ts';
import { newCommandId, newSessionId, type SessionId } from '../protocol/ids.ts';
import type { RuntimeHello } from '../protocol/handshake.ts';
import { requestSchemas, type Cursor, type Method } from '../protocol/methods.ts';
import { parseParams } from '../protocol/parseParams.ts';
import type { PermissionMode } from '../protocol/permission.ts';
import type { SessionHandlers } from './handlers.ts';
import type { Outbox, SendOptions } from './outbox.ts';
import type { Placement } from './registration.ts';

/** What is common to making a session and opening one that exists. */
export interface OpenCommon extends SessionHandlers {
  /** Gives the opening up; what was sent is cancelled and the id is free again. */
  readonly signal?: AbortSignal | undefined;
}

/** A new session. */
export interface CreateConfig extends OpenCommon {
  readonly resume?: undefined;
  readonly attach?: undefined;
  readonly fork?: undefined;
  /** Minted when absent. The id of an open that failed can be used again at once. Refused where the host assigns ids. */
  readonly sessionId?: string | undefined;
  /** No host takes one: refused with `hostAssignsIds` where the host assigns ids, else ignored. */
  readonly provider?: string | undefined;
  /** The working directory, absolute. */
  readonly cwd: string;
  /** The id of an agent; default: the configured one, else Shell. */
  readonly agent?: string | undefined;
  /** A conversation that the agent knows from before (`agent/sessions`), to go on with. */
  readonly agentSessionId?: string | undefined;
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
  /** How permission requests are answered that no rule answers (W5); default: they are asked. */
  readonly permissionMode?: PermissionMode | undefined;
  /** Milliseconds that a question waits for an answer (W4); default: without end. */
  readonly waitLimitMs?: number | undefined;
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
  /** The new session's id; minted when absent. Refused where the host assigns ids. */
  readonly sessionId?: string | undefined;
  readonly title?: string | undefined;
  /** MCP servers of the new session by name, over those that the other session has. */
  readonly mcpServers?: McpServersIn | undefined;
}

/** What `openSession` takes. */
export type OpenConfig = CreateConfig | ResumeConfig | AttachConfig | ForkConfig;

/** An open that was validated and has its id: what is registered, and what is sent. */
export interface Opening {
  /** Where the host assigns the id: the `openId`, which stands for it until then. */
  readonly sessionId: SessionId;
  /** Names the open to a host that assigns the id (O7). */
  readonly openId?: string | undefined;
  readonly kind: 'create' | 'resume' | 'tail';
  /** The last number that is known already. */
  readonly since: number;
  /** Whether only the answer tells where events begin. */
  readonly hold: boolean;
  /** Sends the request and reads where the session stands. */
  send(outbox: Outbox, options: SendOptions): Promise<Placement>;
}

/** Who assigns the ids of new sessions: `sessionIds` in what the host said of itself. */
export type SessionIds = RuntimeHello['sessionIds'];

/**
 * Validates a config and mints what it lacks. Throws `invalidParams` naming the field, and `hostAssignsIds` for an id that
 * the host would have to assign.
 */
export function prepare(config: OpenConfig, sessionIds: SessionIds = 'client'): Opening {
  if (config.resume !== undefined) return prepareResume(config);
  if (config.attach !== undefined) return prepareAttach(config);
  if (sessionIds === 'host') refuseIds(config);
  return config.fork === undefined ? prepareCreate(config, sessionIds) : prepareFork(config, sessionIds);
}

function prepareCreate(config: CreateConfig, sessionIds: SessionIds): Opening {
  const { cwd, agent, title, env, secrets, mcpServers } = config;
  const { additionalDirectories, agentSessionId, artifacts, artifactIgnore, permissionMode, waitLimitMs } =
    config;
  const settings = {
    ...{ cwd, agent, title, env, secrets, mcpServers, additionalDirectories },
    ...{ agentSessionId, artifacts, artifactIgnore, permissionMode, waitLimitMs },
  };
  const ids = newIds(config.sessionId, sessionIds);
  const given = { ...named('sessionId', ids), commandId: newCommandId(), ...settings };
  const params = parseParams('session/create', requestSchemas['session/create'].params, given);
  return {
    ...{ ...ids, kind: 'create', since: 0, hold: false },
    send: async (outbox, options) =>
      own(ids, 'session/create', await outbox.request('session/create', params, options)),
  };
}

function prepareResume({ sessionId, resume, env, secrets, mcpServers }: ResumeConfig): Opening {
  const given = { sessionId, commandId: newCommandId(), env, secrets, mcpServers, ...startOf(resume) };
  const params = parseParams('session/resume', requestSchemas['session/resume'].params, given);
  return {
    ...placeOf(params.sessionId, resume),
    send: async (outbox, options) =>
      own(params, 'session/resume', await outbox.request('session/resume', params, options)),
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
      return own({ sessionId: id }, 'session/attach', answer);
    },
  };
}

function prepareFork({ fork, sessionId, title, mcpServers }: ForkConfig, sessionIds: SessionIds): Opening {
  const ids = newIds(sessionId, sessionIds);
  const given = {
    ...{ sessionId: fork, ...named('newSessionId', ids), commandId: newCommandId() },
    ...{ title, mcpServers },
  };
  const params = parseParams('session/fork', requestSchemas['session/fork'].params, given);
  return {
    ...{ ...ids, kind: 'create', since: 0, hold: false },
    send: async (outbox, options) =>
      own(ids, 'session/fork', await outbox.request('session/fork', params, options)),
  };
}

/** How a new session is called until it is answered. */
type Ids = Pick<Opening, 'sessionId' | 'openId'>;

function newIds(given: string | undefined, sessionIds: SessionIds): Ids {
  const sessionId = (given ?? newSessionId()) as SessionId;
  return sessionIds === 'host' ? { sessionId, openId: sessionId } : { sessionId };
}

/** The field that names the session to its host: its id, or the open alone. */
function named(field: 'sessionId' | 'newSessionId', { sessionId, openId }: Ids): object {
  return openId === undefined ? { [field]: sessionId } : { openId };
}

function refuseIds({
  sessionId,
  provider,
}: CreateConfig | (ForkConfig & { readonly provider?: undefined })): void {
  const given = sessionId === undefined ? provider && 'provider' : 'sessionId';
  if (given === undefined) return;
  throw new HoldfastError(
    'hostAssignsIds',
    `this host assigns the ids of its sessions: leave ${given} out, and read the id from the session`,
    { field: given },
  );
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

/** Throws `badAnswer` when an answer speaks of another session than the one that was asked for by its id. */
function own<T extends Placement>({ sessionId, openId }: Ids, method: Method, answer: T): T {
  if (openId !== undefined || answer.sessionId === sessionId) return answer;
  throw new HoldfastError('badAnswer', `${method} for ${sessionId} was answered for ${answer.sessionId}`, {
    sessionId,
  });
}
