import { Deferred } from '../../../src/base/deferred.ts';
import type { Interaction, Settlement } from '../../../src/protocol/interaction.ts';
import type { AgentEvent, AgentHost } from '../../../src/runtime/agent/agent.ts';

/** What a test answers to an interaction. */
export type Answering = (
  interaction: Interaction,
  signal: AbortSignal | undefined,
) => Settlement | Promise<Settlement>;

type EventIs<T extends AgentEvent['type']> = Extract<AgentEvent, { type: T }>;

/** The session's end of an agent for tests: keeps all events, and lets a test wait for one. */
export class RecordingHost implements AgentHost {
  readonly events: AgentEvent[] = [];
  readonly interactions: Interaction[] = [];
  readonly #answer: Answering;
  #waiting: { readonly found: () => boolean; readonly deferred: Deferred<void> }[] = [];

  constructor(answer: Answering = () => ({ outcome: 'cancelled', reason: 'nobody answers in this test' })) {
    this.#answer = answer;
  }

  emit(event: AgentEvent): void {
    this.events.push(event);
    this.#waiting = this.#waiting.filter(({ found, deferred }) => {
      if (!found()) return true;
      deferred.resolve();
      return false;
    });
  }

  ask(interaction: Interaction, signal?: AbortSignal): Promise<Settlement> {
    this.interactions.push(interaction);
    return Promise.resolve(this.#answer(interaction, signal));
  }

  /** All events of one type so far. */
  of<T extends AgentEvent['type']>(type: T): EventIs<T>[] {
    return this.events.filter((event) => event.type === type) as EventIs<T>[];
  }

  /** Resolves when what was recorded satisfies the condition; it is looked at after each event. */
  until(found: () => boolean): Promise<void> {
    if (found()) return Promise.resolve();
    const deferred = new Deferred<void>();
    this.#waiting.push({ found, deferred });
    return deferred.promise;
  }

  /** What commands printed so far. */
  get output(): string {
    return this.of('commandRun.output')
      .map(({ text }) => text)
      .join('');
  }

  /** What the agent said so far: the text of its messages. */
  get said(): string {
    return this.text('agent');
  }

  /** The text of all messages of a role, one after the other. */
  text(role: 'user' | 'agent' | 'thought'): string {
    const roles = new Map(this.of('message.started').map((event) => [event.messageId, event.role]));
    return this.events
      .flatMap((event) => {
        if (event.type === 'message.started') return event.role === role ? event.content : [];
        return event.type === 'message.appended' && roles.get(event.messageId) === role
          ? [event.content]
          : [];
      })
      .map((block) => (block.type === 'text' ? block.text : `[${block.type}]`))
      .join('');
  }
}
