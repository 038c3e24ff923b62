import { RequestError } from '@agentclientprotocol/sdk';
import { HoldfastError, isHoldfastError } from '../../protocol/errors.ts';
import { AcpSession, type SessionHome } from './acpSession.ts';
import { adoptSession } from './adoptSession.ts';
import type { AgentSession, OpenAgentSession } from './agent.ts';
import { loose, textOf } from './loose.ts';
import { mcpServersFor } from './mcpServers.ts';
import { openFailure, placeOf, type SessionRegistry } from './sessionOpening.ts';
import { signInNeeded } from './signIn.ts';

/**
 * Opens a session inside an ACP agent: taken up again by `resume` or else `load` where the agent offers them and knows
 * the old id, else new (P4). Rejects with `agentFailed` in words for a person.
 */
export async function openAcpSession(
  request: OpenAgentSession,
  home: SessionHome,
  registry: SessionRegistry,
): Promise<AgentSession> {
  tellLeftOut(request, home);
  const { previous } = request;
  const { capabilities } = home;
  if (previous !== undefined && capabilities.resume) {
    const session = await takeUp(request, home, registry, {
      method: 'session/resume',
      how: 'resumed',
      previous,
    });
    if (session !== undefined) return session;
  }
  if (previous !== undefined && capabilities.load) {
    const session = await takeUp(request, home, registry, {
      method: 'session/load',
      how: 'loaded',
      previous,
    });
    if (session !== undefined) return session;
  }
  const { forkOf, adopt } = request;
  if (previous === undefined && adopt !== undefined) return adoptSession(request, adopt, home, registry);
  if (previous === undefined && forkOf !== undefined && capabilities.fork) {
    try {
      const fork = { method: 'session/fork', params: { sessionId: forkOf }, how: 'forked' } as const;
      return await openNew(request, home, registry, fork);
    } catch (error) {
      // What it cannot go on from, it begins anew; the session's owner says so.
      if (!isHoldfastError(error, 'agentFailed') || home.connection.isClosed) throw error;
    }
  }
  return openNew(request, home, registry, { method: 'session/new', params: {}, how: 'new' });
}

/**
 * The id is known before the answer, so the session is bound first: nothing that the agent says meanwhile is lost.
 * `undefined` when the agent does not know the id any more, or cannot take it up for a reason of its own.
 */
async function takeUp(
  request: OpenAgentSession,
  home: SessionHome,
  registry: SessionRegistry,
  {
    method,
    how,
    previous,
  }: { readonly method: string; readonly how: AgentSession['how']; readonly previous: string },
): Promise<AgentSession | undefined> {
  const session = new AcpSession({ home, request, agentSessionId: previous, how });
  registry.bind(session);
  try {
    const params = { sessionId: previous, ...placeOf(request, home) };
    const options = { deadlineMs: home.deadlines.open, signal: request.signal };
    session.opened(loose(await home.connection.request(method, params, options)));
    if (how === 'loaded') await session.replayed();
    return session;
  } catch (error) {
    registry.unbind(session);
    if (error instanceof RequestError && signInNeeded(error, home.name) === undefined) return undefined;
    throw openFailure(error, home);
  }
}

async function openNew(
  request: OpenAgentSession,
  home: SessionHome,
  registry: SessionRegistry,
  {
    method,
    params,
    how,
  }: { readonly method: string; readonly params: object; readonly how: AgentSession['how'] },
): Promise<AgentSession> {
  const { connection, deadlines, capabilities, name } = home;
  const closeLate = (answer: unknown): void => {
    const sessionId = textOf(loose(answer)['sessionId']);
    if (sessionId !== undefined && capabilities.close) {
      connection
        .request('session/close', { sessionId }, { deadlineMs: deadlines.close })
        .catch(() => undefined);
    }
  };
  try {
    const options = { deadlineMs: deadlines.open, signal: request.signal, onLate: closeLate };
    const answer = loose(await connection.request(method, { ...params, ...placeOf(request, home) }, options));
    const agentSessionId = textOf(answer['sessionId']);
    if (agentSessionId === undefined) {
      throw new HoldfastError('badAnswer', `${name} opened a session without giving its id.`, { answer });
    }
    const session = new AcpSession({ home, request, agentSessionId, how });
    session.opened(answer);
    registry.bind(session);
    return session;
  } catch (error) {
    throw openFailure(error, home);
  }
}

/** MCP servers that the agent cannot reach are not left out unsaid (A1). */
function tellLeftOut(
  { host, mcpServers = {} }: OpenAgentSession,
  { capabilities, name, env }: SessionHome,
): void {
  const { leftOut } = mcpServersFor(mcpServers, { ...capabilities, env });
  if (leftOut.length === 0) return;
  const text = `${name} cannot reach these MCP servers, and works without them: ${leftOut.join(', ')}.`;
  host.emit({ type: 'notice', level: 'warning', text });
}
