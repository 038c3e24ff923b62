import type { EventOf } from '../protocol/events.ts';
import { newMessageId, type MessageId } from '../protocol/ids.ts';
import type { AgentEvent } from './agent/agent.ts';
import { beginning } from './spill.ts';

type Role = EventOf<'message.started'>['role'];

/** Characters of one message after which it goes on in a new one (law 7): no row and no string grows without limit. */
export const MESSAGE_LENGTH = 1024 * 1024;

/**
 * Bounds what an agent says in one message: text beyond goes on in a message of its own, of the same role. Only the message
 * that streams now is known; when another begins, or the turn ends, the one before is over. Owned by the session's writer.
 */
export class BoundMessages {
  readonly #out: (event: AgentEvent) => void;
  #now: { readonly agents: MessageId; readonly role: Role; ours: MessageId; length: number } | undefined;

  constructor(out: (event: AgentEvent) => void) {
    this.#out = out;
  }

  push(event: AgentEvent): void {
    switch (event.type) {
      case 'message.started':
        return this.#started(event);
      case 'message.appended':
        return this.#appended(event);
      case 'message.completed':
        // What was told in pieces is whole already; told again at once, it would be one row without limit.
        if (this.#now?.agents === event.messageId && this.#now.ours !== event.messageId) return;
        return this.#out(event);
      default:
        return this.#out(event);
    }
  }

  #started(event: EventOf<'message.started'>): void {
    const { messageId, role, content } = event;
    this.#now = { agents: messageId, role, ours: messageId, length: 0 };
    const [first, ...rest] = content;
    const isLong = content.some((block) => block.type === 'text' && block.text.length > MESSAGE_LENGTH);
    if (!isLong || first === undefined) {
      for (const block of content) if (block.type === 'text') this.#now.length += block.text.length;
      return this.#out(event);
    }
    this.#out({ ...event, content: [] });
    for (const block of [first, ...rest])
      this.#appended({ type: 'message.appended', messageId, content: block });
  }

  #appended(event: EventOf<'message.appended'>): void {
    const now = this.#now;
    const { content, messageId } = event;
    if (now === undefined || now.agents !== messageId) return this.#out(event);
    if (content.type !== 'text') return this.#out({ ...event, messageId: now.ours });
    for (let rest = content.text; ;) {
      const text = beginning(rest, Math.max(0, MESSAGE_LENGTH - now.length));
      if (text !== '' || rest === '')
        this.#out({ ...event, messageId: now.ours, content: { ...content, text } });
      now.length += text.length;
      rest = rest.slice(text.length);
      if (rest === '') return;
      now.ours = newMessageId();
      now.length = 0;
      this.#out({ type: 'message.started', messageId: now.ours, role: now.role, content: [] });
    }
  }
}
