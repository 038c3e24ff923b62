import { contentBlockSchema } from '../../protocol/content.ts';
import { newMessageId, type MessageId } from '../../protocol/ids.ts';
import type { AgentEvent } from './agent.ts';
import { textOf, type Loose } from './loose.ts';
import { PromptEcho } from './promptEcho.ts';
import type { MetaTerminals } from './quirks/metaTerminals.ts';
import { SessionNews } from './sessionNews.ts';
import type { SessionSettings } from './sessionSettings.ts';
import { ToolCalls, type KnownCall } from './toolCalls.ts';

type Role = 'user' | 'agent' | 'thought';

interface Message {
  readonly role: Role;
  readonly messageId: MessageId;
  /** The agent's own id, where it gives one. */
  readonly agentsId: string | undefined;
}

/** Turns what an agent tells in one session into our events; there is one for each version of ACP. */
export interface UpdateTranslator {
  /**
   * A prompt with this text is about to be sent, or without one what steered is worked on by itself. What was told before it was
   * the past of a loaded session.
   */
  turnStarted(text?: string): void;
  /** This text is about to be given to the running prompt's work, in versions where that can be; the function says it was not. */
  steered?(text: string): () => void;
  /** The agent is done with the prompt: what comes now is not part of its last message. */
  turnEnded(): void;
  /** Takes one `session/update`. Kinds that are not known are kept; what says nothing changes nothing. */
  update(update: Loose): void;
  /** A tool call as an update or a permission request tells of it; gives what is known of it. */
  toolCall(update: Loose): KnownCall | undefined;
  /** The tool call that works on a file at this moment, as far as the agent said so; where agents write through us. */
  callTouching?(file: string): KnownCall | undefined;
  /** The agent is gone: nothing more will be told. */
  dispose(): void;
}

/**
 * Turns the updates of one ACP v1 session into our events (https://agentclientprotocol.com/protocol/v1/prompt-turn). A
 * small state machine: chunks of one role join into a message until another row begins; tool calls are upserted; what
 * describes the session as a whole replaces what was. Synchronous, so that the order of the wire is the order of events.
 */
export class Translator implements UpdateTranslator {
  readonly #emit: (event: AgentEvent) => void;
  readonly #news: SessionNews;
  readonly #toolCalls: ToolCalls;
  readonly #metaTerminals: MetaTerminals | undefined;
  #message: Message | undefined;
  readonly #echo = new PromptEcho();
  /** While the agent tells a loaded session's past: the journal has it already (A2). */
  #replaying: boolean;

  constructor(
    emit: (event: AgentEvent) => void,
    settings: SessionSettings,
    options: { readonly replaying: boolean; readonly metaTerminals?: MetaTerminals },
  ) {
    this.#emit = emit;
    this.#news = new SessionNews(emit, settings);
    this.#toolCalls = new ToolCalls(emit);
    this.#replaying = options.replaying;
    this.#metaTerminals = options.metaTerminals;
  }

  turnStarted(text = ''): void {
    this.#replaying = false;
    this.#message = undefined;
    this.#echo.begin(text);
    this.#toolCalls.turnStarted();
    this.#news.settle();
  }

  turnEnded(): void {
    this.#message = undefined;
    this.#echo.end();
    this.#news.settle();
  }

  update(update: Loose): void {
    switch (update['sessionUpdate']) {
      case 'user_message_chunk':
        return this.#chunk('user', update);
      case 'agent_message_chunk':
        return this.#chunk('agent', update);
      case 'agent_thought_chunk':
        return this.#chunk('thought', update);
      case 'tool_call':
      case 'tool_call_update':
        return void this.toolCall(update);
      default:
        return this.#news.update(update, { past: this.#replaying });
    }
  }

  toolCall(update: Loose): KnownCall | undefined {
    if (this.#replaying) return undefined;
    // A row of its own: what is said after it is another message. A change of one that is there interrupts nothing.
    if (this.#toolCalls.isNew(update)) this.#message = undefined;
    return this.#toolCalls.upsert(this.#metaTerminals?.update(update) ?? update);
  }

  dispose(): void {
    this.#metaTerminals?.dispose();
  }

  callTouching(file: string): KnownCall | undefined {
    return this.#toolCalls.touching(file);
  }

  #chunk(role: Role, update: Loose): void {
    const parsed = contentBlockSchema.safeParse(update['content']);
    if (!parsed.success || this.#replaying) return;
    const content = parsed.data;
    if (content.type === 'text' && content.text === '') return;
    if (role === 'user' && this.#echo.takes(content)) return;
    const agentsId = textOf(update['messageId']);
    const current = this.#message;
    if (current?.role === role && (agentsId === undefined || agentsId === current.agentsId)) {
      return this.#emit({ type: 'message.appended', messageId: current.messageId, content });
    }
    this.#message = { role, messageId: newMessageId(), agentsId };
    this.#emit({ type: 'message.started', messageId: this.#message.messageId, role, content: [content] });
  }
}
