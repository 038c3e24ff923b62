import { RequestError } from '@agentclientprotocol/sdk';
import type { SessionId } from '../../protocol/ids.ts';
import type { AgentRequest } from './acpConnection.ts';
import type { AgentHost } from './agent.ts';
import type { AcpSession } from './acpSession.ts';
import { elicit } from './elicitation.ts';
import type { Loose } from './loose.ts';
import type { SessionRegistry } from './sessionOpening.ts';

/** What is held for ids that are not known yet, at most, and what it may weigh in characters; the oldest go first. */
const [HELD, HELD_LENGTH] = [1000, 16 * 1024 * 1024];

interface Held {
  readonly agentSessionId: string;
  readonly length: number;
  deliver(session: AcpSession | undefined): void;
}

/**
 * Finds the session for what comes from the wire. Agents speak of a session before they have answered the request that
 * opens it: while an open is in flight, what names an unknown id is held, and delivered in order when it is bound (A2).
 */
export class SessionRouter implements SessionRegistry {
  readonly #sessions = new Map<string, AcpSession>();
  readonly #report: (text: string) => void;
  readonly #openings = new Set<{ readonly host: AgentHost }>();
  #held: Held[] = [];

  constructor(report: (text: string) => void) {
    this.#report = report;
  }

  /** Our ids of the sessions that are open. */
  get sessions(): ReadonlySet<SessionId> {
    return new Set([...this.#sessions.values()].map(({ sessionId }) => sessionId));
  }

  /** How many sessions are open, or about to be. */
  get load(): number {
    return this.#openings.size + this.#sessions.size;
  }

  get isBusy(): boolean {
    return this.#openings.size > 0 || [...this.#sessions.values()].some((session) => session.isBusy);
  }

  /** An open begins; the result is called when it is over. */
  opening(host: AgentHost): () => void {
    const opening = { host };
    this.#openings.add(opening);
    return () => {
      this.#openings.delete(opening);
      if (this.#openings.size > 0) return;
      const left = this.#held;
      this.#held = [];
      for (const { deliver } of left) deliver(undefined);
    };
  }

  isBound(agentSessionId: string): boolean {
    return this.#sessions.has(agentSessionId);
  }

  bind(session: AcpSession): void {
    this.#sessions.set(session.agentSessionId, session);
    const mine = this.#held.filter((held) => held.agentSessionId === session.agentSessionId);
    this.#held = this.#held.filter((held) => held.agentSessionId !== session.agentSessionId);
    for (const { deliver } of mine) deliver(session);
  }

  unbind(session: AcpSession): void {
    if (this.#sessions.get(session.agentSessionId) === session) this.#sessions.delete(session.agentSessionId);
  }

  update(agentSessionId: string, update: Loose): void {
    this.#deliver(agentSessionId, update, (session) => {
      if (session === undefined) this.#report(`an update for the unknown session ${agentSessionId}`);
      else session.update(update);
    });
  }

  /** What an agent asks for a session that is not ours is refused; a question is cancelled. */
  request(agentSessionId: string, request: AgentRequest): Promise<unknown> {
    const [only, ...others] = this.#openings;
    const isKnown = this.#sessions.has(agentSessionId);
    // Held, it would wait for the opening, and the opening for the answer.
    if (!isKnown && only !== undefined && others.length === 0 && request.method === 'elicitation/create')
      return elicit({ host: only.host, params: request.params, signal: request.signal, call: undefined });
    return new Promise((resolve, reject) => {
      this.#deliver(agentSessionId, request.params, (session) => {
        if (session !== undefined) return void session.request(request).then(resolve, reject);
        if (request.method === 'session/request_permission')
          return resolve({ outcome: { outcome: 'cancelled' } });
        if (request.method === 'elicitation/create') return resolve({ action: 'cancel' });
        reject(RequestError.resourceNotFound(agentSessionId));
      });
    });
  }

  elicitationComplete(elicitationId: string): void {
    for (const session of this.#sessions.values()) session.elicitationComplete(elicitationId);
  }

  /** The process is gone; resolves when what it ran in our hands is gone too. */
  lost(): Promise<unknown> {
    return Promise.all([...this.#sessions.values()].map((session) => session.lost()));
  }

  #deliver(agentSessionId: string, about: Loose, deliver: Held['deliver']): void {
    const session = this.#sessions.get(agentSessionId);
    if (session !== undefined || this.#openings.size === 0) return deliver(session);
    this.#held.push({ agentSessionId, length: JSON.stringify(about).length, deliver });
    let length = this.#held.reduce((sum, held) => sum + held.length, 0);
    while (this.#held.length > HELD || length > HELD_LENGTH) {
      const oldest = this.#held.shift();
      length -= oldest?.length ?? length;
      oldest?.deliver(undefined);
    }
  }
}
