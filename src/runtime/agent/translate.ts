import { contentBlockSchema, type ContentBlock } from '../../protocol/content.ts';
import { newMessageId, type MessageId } from '../../protocol/ids.ts';
import { planEntrySchema } from '../../protocol/sessionState.ts';
import type { AgentEvent } from './agent.ts';
import { listOf, loose, numberOf, readable, textOf, type Loose } from './loose.ts';
import type { MetaTerminals } from './quirks/metaTerminals.ts';
import type { SessionSettings } from './sessionSettings.ts';
import { ToolCalls, type KnownCall } from './toolCalls.ts';

type Role = 'user' | 'agent' | 'thought';

interface Message {
  readonly role: Role;
  readonly messageId: MessageId;
  /** The agent's own id, where it gives one. */
  readonly agentsId: string | undefined;
}

/**
 * Turns the updates of one ACP v1 session into our events (https://agentclientprotocol.com/protocol/v1/prompt-turn). A
 * small state machine: chunks of one role join into a message until another row begins; tool calls are upserted; what
 * describes the session as a whole replaces what was. Synchronous, so that the order of the wire is the order of events.
 */
export class Translator {
  readonly #emit: (event: AgentEvent) => void;
  readonly #settings: SessionSettings;
  readonly #toolCalls: ToolCalls;
  readonly #metaTerminals: MetaTerminals | undefined;
  #message: Message | undefined;
  /** What of the running prompt the agent has not repeated yet: an echo of it is no new message. */
  #echo = '';
  /** While the agent tells a loaded session's past: the journal has it already (A2). */
  #replaying: boolean;

  constructor(
    emit: (event: AgentEvent) => void,
    settings: SessionSettings,
    options: { readonly replaying: boolean; readonly metaTerminals?: MetaTerminals },
  ) {
    this.#emit = emit;
    this.#settings = settings;
    this.#toolCalls = new ToolCalls(emit);
    this.#replaying = options.replaying;
    this.#metaTerminals = options.metaTerminals;
  }

  /** A prompt is about to be sent. What was told before it was the past of a loaded session. */
  turnStarted(text: string): void {
    this.#replaying = false;
    this.#message = undefined;
    this.#echo = text;
    this.#toolCalls.turnStarted();
  }

  /** The answer to the prompt was read from the wire: what comes now is not part of its last message. */
  turnEnded(): void {
    this.#message = undefined;
    this.#echo = '';
  }

  /** Takes one `session/update`. Kinds that are not known, or say nothing, change nothing. */
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
      case 'plan':
        return this.#plan(update);
      case 'available_commands_update':
        return this.#commands(update);
      case 'current_mode_update':
        return this.#settings.modeChanged(update['currentModeId']);
      case 'config_option_update':
        return this.#settings.optionsChanged(update['configOptions']);
      case 'session_info_update':
        return this.#title(update);
      case 'usage_update':
        return this.#usage(update);
    }
  }

  /** A tool call as an update or a permission request tells of it; gives what is known of it. */
  toolCall(update: Loose): KnownCall | undefined {
    if (this.#replaying) return undefined;
    // A row of its own: what is said after it is another message. A change of one that is there interrupts nothing.
    if (this.#toolCalls.isNew(update)) this.#message = undefined;
    return this.#toolCalls.upsert(this.#metaTerminals?.update(update) ?? update);
  }

  #chunk(role: Role, update: Loose): void {
    const parsed = contentBlockSchema.safeParse(update['content']);
    if (!parsed.success || this.#replaying) return;
    const content = parsed.data;
    if (content.type === 'text' && content.text === '') return;
    if (role === 'user' && this.#isEcho(content)) return;
    const agentsId = textOf(update['messageId']);
    const current = this.#message;
    if (current?.role === role && (agentsId === undefined || agentsId === current.agentsId)) {
      return this.#emit({ type: 'message.appended', messageId: current.messageId, content });
    }
    this.#message = { role, messageId: newMessageId(), agentsId };
    this.#emit({ type: 'message.started', messageId: this.#message.messageId, role, content: [content] });
  }

  #isEcho(content: ContentBlock): boolean {
    if (content.type !== 'text') return this.#echo !== '';
    if (!this.#echo.startsWith(content.text)) return false;
    this.#echo = this.#echo.slice(content.text.length);
    return true;
  }

  #plan(update: Loose): void {
    if (!this.#replaying)
      this.#emit({ type: 'plan.updated', entries: readable(update['entries'], planEntrySchema) });
  }

  #commands(update: Loose): void {
    const commands = listOf(update['availableCommands']).flatMap((entry) => {
      const { name, description, input } = loose(entry);
      const hint = textOf(loose(input)['hint']);
      if (typeof name !== 'string') return [];
      return [{ name, description: textOf(description) ?? '', ...(hint !== undefined && { hint }) }];
    });
    this.#emit({ type: 'commands.updated', commands });
  }

  #title(update: Loose): void {
    const title = textOf(update['title'])?.trim();
    if (title !== undefined && title !== '') this.#emit({ type: 'session.renamed', title, source: 'agent' });
  }

  #usage(update: Loose): void {
    const cost = loose(update['cost']);
    const [amount, currency] = [numberOf(cost['amount']), textOf(cost['currency'])];
    this.#emit({
      type: 'usage.updated',
      usedTokens: numberOf(update['used']),
      windowTokens: numberOf(update['size']),
      ...(amount !== undefined && currency !== undefined && { cost: { amount, currency } }),
    });
  }
}
