import type { Envelope, EventOf, EventType } from '../../src/protocol/events.ts';

/** How long a scenario waits for an event before it says what it saw instead, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Collects the envelopes of one session as a client is given them, and waits for the next that fits. */
export class Recorder {
  readonly envelopes: Envelope[] = [];
  readonly #waits = new Set<() => void>();

  /** To be handed in as `onEvent`. */
  readonly onEvent = (envelope: Envelope): void => {
    this.envelopes.push(envelope);
    for (const look of [...this.#waits]) look();
  };

  get types(): string[] {
    return this.envelopes.map(({ event }) => event.type);
  }

  get seqs(): number[] {
    return this.envelopes.map(({ seq }) => seq);
  }

  /** All events of one type. */
  all<T extends EventType>(type: T): EventOf<T>[] {
    return this.envelopes.map(({ event }) => event).filter((event) => event.type === type) as EventOf<T>[];
  }

  /** What commands printed, in order. */
  get output(): string {
    return this.all('commandRun.output')
      .map(({ text }) => text)
      .join('');
  }

  /** What the agent said as text, in order. */
  get agentText(): string {
    const spoken = new Set(
      this.all('message.started')
        .filter(({ role }) => role === 'agent')
        .map(({ messageId }) => messageId),
    );
    return this.envelopes
      .flatMap(({ event }) => {
        if (event.type === 'message.started' && spoken.has(event.messageId)) return event.content;
        return event.type === 'message.appended' && spoken.has(event.messageId) ? [event.content] : [];
      })
      .map((block) => (block.type === 'text' ? block.text : ''))
      .join('');
  }

  /** Resolves as soon as something holds of what was recorded. */
  until(what: string, holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#waits.delete(look);
        settle();
      };
      const look = (): void => {
        if (holds()) finish(resolve);
      };
      const timer = setTimeout(() => {
        const seen = this.envelopes
          .map(({ seq, event }) => `${seq} ${JSON.stringify(event).slice(0, 160)}`)
          .join('\n  ');
        finish(() => reject(new Error(`waited in vain for ${what}; seen were\n  ${seen}`)));
      }, PATIENCE_MS);
      this.#waits.add(look);
      look();
    });
  }

  /** The first event of a type that fits, already there or to come. */
  async next<T extends EventType>(
    type: T,
    fits: (event: EventOf<T>) => boolean = () => true,
  ): Promise<EventOf<T>> {
    const find = () => this.all(type).find(fits);
    await this.until(type, () => find() !== undefined);
    return find() as EventOf<T>;
  }
}
