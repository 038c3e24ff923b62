import { Emitter } from '../../base/emitter.ts';
import type { AgentEntry } from '../../protocol/methods/agentMethods.ts';

/** What is known of an agent from having used it. */
export interface AgentState {
  readonly signIn: AgentEntry['signIn'];
  /** In words for a person. */
  readonly lastError?: string | undefined;
}

const UNKNOWN: AgentState = { signIn: 'unknown' };
const MOST_TEXT = 500;

/**
 * What became of each agent the last time, by id: for people who choose one. In memory only, since a new runtime knows
 * nothing of today's sign-ins. Owned by the catalogue.
 */
export class AgentStates {
  readonly #states = new Map<string, AgentState>();
  readonly #changed = new Emitter<string>();
  /** Told the id of an agent whose state is another. */
  readonly onChange = this.#changed.listen;

  get(id: string): AgentState {
    return this.#states.get(id) ?? UNKNOWN;
  }

  failed(id: string, text: string): void {
    this.#set(id, { ...this.get(id), lastError: text.slice(0, MOST_TEXT) });
  }

  /** It could be installed, started or asked: what went wrong before is past. */
  worked(id: string, signIn: AgentState['signIn'] = this.get(id).signIn): void {
    this.#set(id, { signIn });
  }

  /** It asks for a sign-in, with its words. */
  needsSignIn(id: string, text: string): void {
    this.#set(id, { signIn: 'required', lastError: text.slice(0, MOST_TEXT) });
  }

  #set(id: string, next: AgentState): void {
    const before = this.get(id);
    if (before.signIn === next.signIn && before.lastError === next.lastError) return;
    this.#states.set(id, next);
    this.#changed.fire(id);
  }
}
