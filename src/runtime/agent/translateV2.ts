import { contentBlockSchema, type ContentBlock } from '../../protocol/content.ts';
import { newMessageId, type MessageId } from '../../protocol/ids.ts';
import { BoundedMap } from './boundedMap.ts';
import type { AgentTerminals } from './agentTerminals.ts';
import type { AgentEvent } from './agent.ts';
import { GrowingContent } from './growingContent.ts';
import { readable, textOf, type Loose } from './loose.ts';
import { patchedCall } from './patchedCall.ts';
import { PromptEcho } from './promptEcho.ts';
import { SessionNews } from './sessionNews.ts';
import type { SessionSettings } from './sessionSettings.ts';
import { ToolCalls, type KnownCall } from './toolCalls.ts';
import type { UpdateTranslator } from './translate.ts';

type Role = 'user' | 'agent' | 'thought';

/** A message by the agent's id. Ours begins with its first content. */
interface Message {
  readonly role: Role;
  messageId: MessageId | undefined;
  /** The prompt itself, which the journal has already. */
  readonly isEcho: boolean;
}

/** What a translator of ACP v2 works with. */
export interface TranslatorV2Options {
  readonly emit: (event: AgentEvent) => void;
  readonly settings: SessionSettings;
  readonly terminals: AgentTerminals;
}

/** Messages that may still be changed, and tool calls whose content comes in pieces; the oldest are forgotten (law 7). */
const [MOST_MESSAGES, MOST_CONTENTS] = [2000, 200];

/**
 * Turns the updates of one ACP v2 session into our events (https://agentclientprotocol.com/protocol/v2/prompt-lifecycle).
 * Everything has an id: messages, tool calls and terminals are upserted by it, and their chunks may interleave. Synchronous, so
 * that the order of the wire is the order of events.
 */
export class TranslatorV2 implements UpdateTranslator {
  readonly #emit: (event: AgentEvent) => void;
  readonly #news: SessionNews;
  readonly #terminals: AgentTerminals;
  readonly #toolCalls: ToolCalls;
  readonly #messages = new BoundedMap<string, Message>(MOST_MESSAGES);
  readonly #contents = new BoundedMap<string, GrowingContent>(MOST_CONTENTS);
  readonly #echo = new PromptEcho();

  constructor({ emit, settings, terminals }: TranslatorV2Options) {
    this.#emit = emit;
    this.#news = new SessionNews(emit, settings);
    this.#terminals = terminals;
    this.#toolCalls = new ToolCalls(emit);
  }

  turnStarted(text?: string): void {
    if (text !== undefined) this.#echo.begin(text);
    this.#toolCalls.turnStarted();
    this.#news.settle();
  }

  steered(text: string): () => void {
    return this.#echo.steer(text);
  }

  turnEnded(): void {
    this.#echo.end();
    for (const [id, content] of this.#contents) this.#tellContent(id, content);
    this.#news.settle();
  }

  update(update: Loose): void {
    switch (update['sessionUpdate']) {
      case 'user_message':
        return this.#message('user', update);
      case 'agent_message':
        return this.#message('agent', update);
      case 'agent_thought':
        return this.#message('thought', update);
      case 'user_message_chunk':
        return this.#chunk('user', update);
      case 'agent_message_chunk':
        return this.#chunk('agent', update);
      case 'agent_thought_chunk':
        return this.#chunk('thought', update);
      case 'tool_call_update':
        return void this.toolCall(update);
      case 'tool_call_content_chunk':
        return this.#contentChunk(update);
      case 'terminal_update':
        return this.#terminals.update(update);
      case 'terminal_output_chunk':
        return this.#terminals.chunk(update);
      case 'state_update':
        // How far the prompt is, which is not for the transcript.
        return;
      default:
        return this.#news.update(update);
    }
  }

  toolCall(update: Loose): KnownCall | undefined {
    const call = patchedCall(update);
    const id = textOf(call['toolCallId']);
    if (id === undefined) return undefined;
    const given = call['content'];
    if (Array.isArray(given)) this.#contentOf(id).set(given);
    const untold = this.#contents.get(id);
    const content = Array.isArray(given) ? given : untold?.isUntold ? untold.tell() : undefined;
    const shown = content === undefined ? call : { ...call, content: this.#shown(content) };
    const known = this.#toolCalls.upsert(shown);
    if (this.#toolCalls.isOver(id)) this.#contents.delete(id);
    return known;
  }

  dispose(): void {
    this.#terminals.dispose();
  }

  /** The whole of a message; without content it changes nothing, with `null` it is empty. */
  #message(role: Role, update: Loose): void {
    const { content } = update;
    const blocks = readable(content, contentBlockSchema);
    const message = this.#find(role, update, blocks);
    if (message === undefined || message.isEcho || content === undefined) return;
    const { messageId } = message;
    if (messageId !== undefined)
      return this.#emit({ type: 'message.completed', messageId, role: message.role, content: blocks });
    if (blocks.length > 0) this.#begin(message, blocks);
  }

  #chunk(role: Role, update: Loose): void {
    const [content] = readable([update['content']], contentBlockSchema);
    if (content === undefined || (content.type === 'text' && content.text === '')) return;
    const message = this.#find(role, update, [content]);
    if (message === undefined || message.isEcho) return;
    const { messageId } = message;
    if (messageId === undefined) return this.#begin(message, [content]);
    this.#emit({ type: 'message.appended', messageId, content });
  }

  #begin(message: Message, content: ContentBlock[]): void {
    message.messageId = newMessageId();
    this.#emit({ type: 'message.started', messageId: message.messageId, role: message.role, content });
  }

  /** The message of an update, made when it is first heard of: then it also shows whether it is the prompt's echo. */
  #find(role: Role, update: Loose, content: readonly ContentBlock[]): Message | undefined {
    const id = textOf(update['messageId']);
    if (id === undefined) return undefined;
    const known = this.#messages.get(id);
    if (known !== undefined) return known;
    // Empty as yet, it says nothing: it is made when there is something in it.
    if (content.length === 0) return undefined;
    const isEcho = role === 'user' && content.every((block) => this.#echo.takes(block));
    const message: Message = { role, messageId: undefined, isEcho };
    this.#messages.set(id, message);
    return message;
  }

  #contentChunk(update: Loose): void {
    const id = textOf(update['toolCallId']);
    if (id === undefined || this.#toolCalls.isOver(id)) return;
    const content = this.#contentOf(id);
    if (content.append(update['content'])) this.#tellContent(id, content);
  }

  #tellContent(toolCallId: string, content: GrowingContent): void {
    if (content.isUntold) this.#toolCalls.upsert({ toolCallId, content: this.#shown(content.tell()) });
  }

  #contentOf(id: string): GrowingContent {
    const content = this.#contents.get(id) ?? new GrowingContent();
    this.#contents.set(id, content);
    return content;
  }

  #shown(content: readonly unknown[]): unknown[] {
    return content.map((part) => this.#terminals.renamed(part));
  }
}
