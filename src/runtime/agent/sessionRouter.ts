import type { RequestPermissionResponse } from '@agentclientprotocol/sdk';
import type { SessionId } from '../../protocol/ids.ts';
import type { AcpSession } from './acpSession.ts';
import type { Loose } from './loose.ts';
import type { SessionRegistry } from './openAcpSession.ts';

/** What is held for ids that are not known yet, at most; the oldest go first. */
const HELD = 1000;

interface Held {
  readonly agentSessionId: string;
  deliver(session: AcpSession | undefined): void;
}

/**
 * Finds the session for what comes from the wire. Agents speak of a session before they have answered the request that
 * opens it: while an open is in flight, what names an unknown id is held, and delivered in order when it is bound (A2).
 */
export class SessionRouter implements SessionRegistry {
  readonly #sessions = new Map<string, AcpSession>();
  readonly #report: (text: string) => void;
  #openings = 0;
  #held: Held[] = [];

  constructor(report: (text: string) => void) {
    this.#report = report;
  }

  /** Our ids of the sessions that are open. */
  get sessions(): ReadonlySet<SessionId> {
    return new Set([...this.#sessions.values()].map(({ sessionId }) => sessionId));
  }

  get isUsed(): boolean {
    return this.#openings > 0 || this.#sessions.size > 0;
  }

  /** An open begins; the result is called when it is over. */
  opening(): () => void {
    this.#openings++;
    return () => {
      this.#openings--;
      if (this.#openings > 0) return;
      const left = this.#held;
      this.#held = [];
      for (const { deliver } of left) deliver(undefined);
    };
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
    this.#deliver(agentSessionId, (session) => {
      if (session === undefined) this.#report(`an update for the unknown session ${agentSessionId}`);
      else session.update(update);
    });
  }

  permission(agentSessionId: string, params: Loose, signal: AbortSignal): Promise<RequestPermissionResponse> {
    return new Promise((resolve) => {
      this.#deliver(agentSessionId, (session) => {
        resolve(
          session === undefined ? { outcome: { outcome: 'cancelled' } } : session.permission(params, signal),
        );
      });
    });
  }

  promptAnswered(agentSessionId: string): void {
    this.#sessions.get(agentSessionId)?.promptAnswered();
  }

  #deliver(agentSessionId: string, deliver: Held['deliver']): void {
    const session = this.#sessions.get(agentSessionId);
    if (session !== undefined || this.#openings === 0) return deliver(session);
    this.#held.push({ agentSessionId, deliver });
    if (this.#held.length > HELD) this.#held.shift()?.deliver(undefined);
  }
}
