import { HoldfastError } from '../../protocol/errors.ts';
import { AcpSession, type SessionHome } from './acpSession.ts';
import type { AgentEvent, AgentHost, AgentSession, OpenAgentSession } from './agent.ts';
import { loose } from './loose.ts';
import { openFailure, placeOf, type SessionRegistry } from './sessionOpening.ts';

/** Characters of JSON that a conversation's past may come to: it is held in memory until it is whole. */
const MOST_PAST = 64 * 1024 * 1024;

/**
 * Opens a conversation that the agent has from before Holdfast (A2). The journal knows nothing of it: what the agent replays
 * becomes its content, all at once when it is whole, so that a load that fails leaves no half of it. Rejects with `agentFailed`,
 * also for one with more of a past than can be held; another conversation is never begun in its place.
 */
export async function adoptSession(
  request: OpenAgentSession,
  agentSessionId: string,
  home: SessionHome,
  registry: SessionRegistry,
): Promise<AgentSession> {
  const { capabilities, name, mostPast = MOST_PAST } = home;
  const replays = capabilities.load || capabilities.version === 2;
  if (!replays && !capabilities.resume)
    throw new HoldfastError('agentFailed', `${name} cannot go on with conversations from before.`);
  if (registry.isBound(agentSessionId)) {
    const words = `This conversation of ${name}'s is open already, in another session.`;
    throw new HoldfastError('agentFailed', words, { agentSessionId });
  }
  const held: AgentEvent[] = [];
  const tooMuch = new AbortController();
  let length = 0;
  let hold: AgentHost['emit'] | undefined = (event) => {
    length += JSON.stringify(event).length;
    if (length <= mostPast) held.push(event);
    else if (!tooMuch.signal.aborted) {
      held.length = 0;
      tooMuch.abort();
    }
  };
  const emit: AgentHost['emit'] = (event) => (hold ?? request.host.emit.bind(request.host))(event);
  const host: AgentHost = { emit, ask: (interaction, signal) => request.host.ask(interaction, signal) };
  const how = replays ? 'loaded' : 'resumed';
  const session = new AcpSession({ home, request: { ...request, host }, agentSessionId, how, adopted: true });
  registry.bind(session);
  try {
    const params = {
      sessionId: agentSessionId,
      ...placeOf(request, home),
      ...(capabilities.version === 2 && { replayFrom: { type: 'start' } }),
    };
    const method = capabilities.load ? 'session/load' : 'session/resume';
    const options = {
      deadlineMs: home.deadlines.open,
      signal: AbortSignal.any([request.signal, tooMuch.signal]),
    };
    session.opened(loose(await home.connection.request(method, params, options)));
    if (capabilities.load) await session.replayed();
    tooMuch.signal.throwIfAborted();
  } catch (error) {
    registry.unbind(session);
    if (tooMuch.signal.aborted && !request.signal.aborted) {
      const words = `${name}'s conversation ${agentSessionId} has more than ${mostPast / 1024 / 1024} MiB of a past, which is too much to take over. Go on with it in ${name} itself, or begin a new session.`;
      throw new HoldfastError('agentFailed', words, { agentSessionId });
    }
    throw openFailure(error, home, `${name} could not open its conversation ${agentSessionId}`);
  }
  hold = undefined;
  for (const event of held) request.host.emit(event);
  if (!replays) {
    const text = `${name} goes on with its conversation, but cannot show what was said in it before.`;
    request.host.emit({ type: 'notice', level: 'info', text });
  }
  return session;
}
