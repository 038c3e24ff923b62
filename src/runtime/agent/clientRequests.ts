import { RequestError } from '@agentclientprotocol/sdk';
import type { Interaction, Settlement } from '../../protocol/interaction.ts';
import type { AgentRequest } from './acpConnection.ts';
import type { AgentHost } from './agent.ts';
import { askBounded } from './boundedQuestion.ts';
import type { ClientFiles } from './clientFiles.ts';
import { elicit } from './elicitation.ts';
import { textOf, type Loose } from './loose.ts';
import { callOf, permissionAnswer, permissionOf } from './permission.ts';
import { questionsAnswer, questionsIn } from './quirks/permissionQuestions.ts';
import type { Terminals } from './terminals.ts';
import type { KnownCall } from './toolCalls.ts';

/** What a session answers its agent with. */
export interface ClientRequestsOptions {
  readonly host: AgentHost;
  readonly files: ClientFiles;
  readonly terminals: Terminals;
  /** Whether files and terminals of ours were offered, as they are in ACP v1 alone. */
  readonly serves: boolean;
  /** Takes a tool call that a request is about; gives what is known of it. */
  toolCall(call: Loose): KnownCall | undefined;
  /** The tool call that works on a file at this moment, as far as the agent said so. */
  callTouching(file: string): KnownCall | undefined;
}

/** What one session's agent asks of us (A4 to A6). Owned by the ACP session. */
export class ClientRequests {
  readonly #options: ClientRequestsOptions;
  /** URLs a person is asked to open, by the agent's id: the agent tells when one has done its work. */
  readonly #urls = new Map<string, AbortController>();
  #closed = false;

  constructor(options: ClientRequestsOptions) {
    this.#options = options;
  }

  /** Answers one request. What changes the transcript is done before this returns; rejects with a `RequestError`. */
  serve({ method, params, signal }: AgentRequest): Promise<unknown> {
    const { files, terminals, serves } = this.#options;
    const asks = method === 'session/request_permission' || method === 'elicitation/create';
    if (!serves && !asks) return Promise.reject(RequestError.methodNotFound(method));
    switch (method) {
      case 'session/request_permission':
        return this.#permission(params, signal);
      case 'elicitation/create':
        return this.#elicitation(params, signal);
      case 'fs/read_text_file':
        return files.read(params);
      case 'fs/write_text_file':
        return files.write(params, (interaction) => this.#ask(interaction, params, signal));
      case 'terminal/create':
        return terminals.create(params);
      case 'terminal/wait_for_exit':
        return terminals.waitForExit(params);
      default:
        return this.#terminal(method, params);
    }
  }

  /** What an agent asked a person to open is done: nobody need answer any more. */
  elicitationComplete(elicitationId: string): void {
    this.#urls.get(elicitationId)?.abort();
  }

  /** From now on every question is cancelled. */
  close(): void {
    this.#closed = true;
  }

  /** Asks what only a person can decide about a file that the agent writes. */
  #ask(interaction: Interaction, { path }: Loose, signal: AbortSignal): Promise<Settlement> {
    const { host, callTouching } = this.#options;
    if (this.#closed) return Promise.resolve({ outcome: 'cancelled', reason: 'the session was closed' });
    const call = callTouching(textOf(path) ?? '');
    return host.ask({ ...interaction, ...(call && { toolCallId: call.toolCallId }) }, signal);
  }

  async #permission(params: Loose, signal: AbortSignal): Promise<unknown> {
    const { host, toolCall } = this.#options;
    const call = toolCall(callOf(params));
    if (this.#closed) return { outcome: { outcome: 'cancelled' } };
    const questions = questionsIn(params);
    if (questions !== undefined) {
      const title = call?.title ?? 'The agent asks';
      const bound = call === undefined ? {} : { toolCallId: call.toolCallId };
      const question: Interaction = { kind: 'question', title, questions: [...questions], ...bound };
      const settlement = await askBounded(host, question, signal);
      return (
        questionsAnswer(questions, params, settlement) ??
        permissionAnswer(permissionOf(params, call).options, settlement)
      );
    }
    const interaction = permissionOf(params, call);
    return permissionAnswer(interaction.options, await askBounded(host, interaction, signal));
  }

  async #elicitation(params: Loose, signal: AbortSignal): Promise<unknown> {
    const { host, toolCall } = this.#options;
    if (this.#closed) return { action: 'cancel' };
    const call = toolCall({ toolCallId: params['toolCallId'] });
    const elicitationId = textOf(params['elicitationId']);
    if (elicitationId === undefined) return elicit({ host, params, signal, call });
    const abort = new AbortController();
    this.#urls.set(elicitationId, abort);
    try {
      return await elicit({ host, params, signal: AbortSignal.any([signal, abort.signal]), call });
    } finally {
      this.#urls.delete(elicitationId);
    }
  }

  async #terminal(method: string, params: Loose): Promise<unknown> {
    const { terminals } = this.#options;
    switch (method) {
      case 'terminal/output':
        return terminals.output(params);
      case 'terminal/kill':
        return terminals.kill(params);
      case 'terminal/release':
        return terminals.release(params);
      default:
        throw RequestError.methodNotFound(method);
    }
  }
}
