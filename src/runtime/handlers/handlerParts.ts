import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { By } from '../../protocol/events.ts';
import type { ProcessId, SessionId } from '../../protocol/ids.ts';
import type { Method, Params, Result } from '../../protocol/methods.ts';
import type { ListPage, ResolvedAgent } from '../agent/agent.ts';
import type { DefinedAgents } from '../agent/definitions.ts';
import type { AgentLogs } from '../agentLogs.ts';
import type { AgentCatalogue } from '../agents/catalogue.ts';
import type { SignIns } from '../agents/signIns.ts';
import type { ClientFeed } from '../feed.ts';
import type { Idempotency } from '../idempotency.ts';
import type { Journal } from '../journal/journal.ts';
import type { Retention } from '../retention.ts';
import type { Log } from '../log.ts';
import type { RuleStore } from '../ruleStore.ts';
import type { Sessions } from '../sessions.ts';

/** The connection that a request came on, as far as a handler needs it. */
export interface Caller {
  readonly by: By;
  readonly feed: ClientFeed;
  /** P3: what an absent `sessionId` means on this connection. */
  currentSession: SessionId | undefined;
  /** Agent definitions from the client's settings. */
  readonly agents: Readonly<Record<string, unknown>>;
  /** Whether it came over a port: then ids are assigned here (O7), and some things are refused. */
  readonly isRemote: boolean;
  /** Says which session an open made, before the first event of it is sent (O7). */
  announce(openId: string, sessionId: SessionId): void;
  /** Disposes something when the connection is closed. */
  own(thing: Disposable): void;
}

/** Whether who made a request took it back (LSP's `$/cancelRequest`). For what is not done within one turn of the event loop. */
export interface Cancellation {
  readonly isCancellationRequested: boolean;
}

/** What handlers work with. */
export interface HandlerParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly sessions: Sessions;
  readonly idempotency: Idempotency;
  readonly retention: Retention;
  readonly rules: RuleStore;
  readonly log: Log;
  /** Throws when nothing new may begin: while storage fails, recovery runs or the runtime retires. */
  refuseNewWork(): void;
  /** Looks for an agent that is not known yet, such as one on PATH. Never rejects. */
  lookFor(id: string | undefined, clientAgents: Readonly<Record<string, unknown>>): Promise<void> | undefined;
  resolveAgent(id: string | undefined, clientAgents: Readonly<Record<string, unknown>>): ResolvedAgent;
  listAgents(clientAgents: Readonly<Record<string, unknown>>): DefinedAgents;
  readonly catalogue: AgentCatalogue;
  /** For files that nobody needs after the runtime; the system's unless given. */
  readonly temporary?: string | undefined;
  readonly agentLogs?: AgentLogs | undefined;
  readonly signIns: SignIns;
  /** Stops what runs of an agent; rejects with `sessionBusy` while that hosts sessions. */
  stopUnused(agent: string): Promise<void>;
  /** Throws `unsupported`, `agentStartFailed` or `agentFailed`. */
  agentSessions(agent: ResolvedAgent, page: ListPage): Promise<Result<'agent/sessions'>>;
  status(): Promise<Result<'runtime/status'>>;
  /** Takes connections on a port. */
  listen(params: Params<'runtime/listen'>): Promise<Disposable & { readonly url: string }>;
  retire(force: boolean): Promise<Result<'runtime/retire'>>;
  /** Throws `processNotFound`, or `sessionBusy` unless forced. Gives the sessions that were on it. */
  stopProcess(
    processId: ProcessId,
    options: { readonly force: boolean; readonly by: By },
  ): Promise<SessionId[]>;
}

/** One function a request; a missing one does not compile. */
export type Handlers<Of extends Method = Method> = {
  readonly [M in Of]: (
    params: Params<M>,
    caller: Caller,
    cancellation: Cancellation,
  ) => Result<M> | Promise<Result<M>>;
};
