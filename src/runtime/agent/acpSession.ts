import { RequestError, type RequestPermissionResponse } from '@agentclientprotocol/sdk';
import type { Clock } from '../../base/clock.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import { contentText } from '../../protocol/contentText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { AcpConnection } from './acpConnection.ts';
import type { AgentEvent, AgentHost, AgentSession, AgentSettings, TurnResult } from './agent.ts';
import { promptFor, refusalOf, type Capabilities } from './capabilities.ts';
import { loose, textOf, type Loose } from './loose.ts';
import { permissionAnswer, permissionOf } from './permission.ts';
import { SessionSettings } from './sessionSettings.ts';
import { settledWithin } from './settledWithin.ts';
import { Translator } from './translate.ts';

/** How long the agent may take to answer, in milliseconds. A prompt has no deadline. */
export interface Deadlines {
  readonly initialize: number;
  /** New, load and resume: agents connect their MCP servers in these. */
  readonly open: number;
  readonly configure: number;
  readonly close: number;
}

/** So long an agent must say nothing for the past of a loaded session to be told, and so often that is waited for. */
const REPLAY_QUIET_MS = 50;
const REPLAY_ROUNDS = 40;

/** What an ACP session lives in: its agent process, as far as a session may touch it. */
export interface SessionHome {
  /** The agent's name, for words. */
  readonly name: string;
  readonly connection: AcpConnection;
  readonly capabilities: Capabilities;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  /** Forgets the session. With `stuck`, a prompt in it could not be stopped. */
  closed(session: AcpSession, stuck: boolean): Promise<void>;
}

/** What a session is made with, once the agent has given it an id. */
export interface AcpSessionOptions {
  readonly home: SessionHome;
  readonly host: AgentHost;
  readonly sessionId: SessionId;
  readonly agentSessionId: string;
  readonly how: AgentSession['how'];
}

/** One session of an ACP agent: prompts, cancel, settings, and what the agent says in it. */
export class AcpSession implements AgentSession {
  readonly sessionId: SessionId;
  readonly agentSessionId: string;
  readonly how: AgentSession['how'];
  readonly #home: SessionHome;
  readonly #host: AgentHost;
  readonly #settings: SessionSettings;
  readonly #translator: Translator;
  /** How many updates came. */
  #updates = 0;
  #prompting: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  constructor({ home, host, sessionId, agentSessionId, how }: AcpSessionOptions) {
    this.#home = home;
    this.#host = host;
    this.sessionId = sessionId;
    this.agentSessionId = agentSessionId;
    this.how = how;
    const emit = (event: AgentEvent): void => {
      if (this.#closing === undefined) host.emit(event);
    };
    this.#settings = new SessionSettings(emit);
    this.#translator = new Translator(emit, this.#settings, { replaying: how === 'loaded' });
  }

  /** Takes what the agent answered when it opened the session. */
  opened(answer: Loose): void {
    this.#settings.opened(answer);
  }

  update(update: Loose): void {
    this.#updates++;
    this.#translator.update(update);
  }

  /** Resolves when the agent has told the past of a loaded session: one agent does so after it answered the load. */
  async replayed(): Promise<void> {
    for (let round = 0, before = -1; round < REPLAY_ROUNDS && before !== this.#updates; round++) {
      before = this.#updates;
      await new Promise<void>((resolve) => this.#home.clock.after(REPLAY_QUIET_MS, resolve));
    }
  }

  /** The answer to the prompt was read from the wire. */
  promptAnswered(): void {
    this.#translator.turnEnded();
  }

  async permission(params: Loose, signal: AbortSignal): Promise<RequestPermissionResponse> {
    const call = this.#translator.toolCall(loose(params['toolCall']));
    const interaction = permissionOf(params, call);
    if (this.#closing !== undefined) return { outcome: { outcome: 'cancelled' } };
    return permissionAnswer(interaction.options, await this.#host.ask(interaction, signal));
  }

  async prompt(content: readonly ContentBlock[]): Promise<TurnResult> {
    const { connection, capabilities, name } = this.#home;
    if (this.#closing !== undefined)
      throw new HoldfastError('agentFailed', `The session with ${name} was closed.`);
    if (this.#prompting !== undefined)
      throw new HoldfastError('sessionBusy', `${name} still works on the prompt before.`);
    const refusal = refusalOf(content, capabilities);
    if (refusal !== undefined)
      return { outcome: 'failed', failure: { kind: 'unsupported', message: `${name} ${refusal}.` } };
    const prompt = promptFor(content, capabilities);
    this.#translator.turnStarted(contentText(content));
    const answer = connection.request('session/prompt', { sessionId: this.agentSessionId, prompt });
    this.#prompting = answer;
    try {
      return this.#result(loose(await answer));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const failure = { kind: 'agentFailed', message: `${name} failed: ${agentsWords(error)}` };
      return { outcome: 'failed', failure };
    } finally {
      this.#prompting = undefined;
      this.#translator.turnEnded();
    }
  }

  cancel(): void {
    if (this.#prompting !== undefined)
      this.#home.connection.notify('session/cancel', { sessionId: this.agentSessionId });
  }

  async configure(settings: AgentSettings): Promise<void> {
    const { connection, deadlines, name } = this.#home;
    for (const { method, params, onAccepted } of this.#settings.requests(settings)) {
      const given = { sessionId: this.agentSessionId, ...params };
      try {
        onAccepted(await connection.request(method, given, { deadlineMs: deadlines.configure }));
      } catch (error) {
        throw agentFailure(error, `${name} did not take the setting`);
      }
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { connection, capabilities, deadlines, clock } = this.#home;
    this.cancel();
    const params = { sessionId: this.agentSessionId };
    const options = { deadlineMs: deadlines.close };
    if (capabilities.close) await connection.request('session/close', params, options).catch(() => undefined);
    const stopped = await settledWithin(Promise.resolve(this.#prompting), deadlines.close, clock);
    await this.#home.closed(this, !stopped);
  }

  #result(answer: Loose): TurnResult {
    const stopReason = textOf(answer['stopReason']);
    const { name } = this.#home;
    switch (stopReason) {
      case undefined:
        throw new HoldfastError('badAnswer', `${name} ended the turn without saying how.`, { answer });
      case 'cancelled':
        return { outcome: 'cancelled', stopReason };
      case 'refusal':
        return {
          outcome: 'refused',
          stopReason,
          failure: { kind: 'refused', message: `${name} refused to go on.` },
        };
      case 'error':
        return {
          outcome: 'failed',
          stopReason,
          failure: { kind: 'agentFailed', message: `${name} ended the turn with an error.` },
        };
      default:
        // `max_tokens`, `max_turn_requests` and what future agents say: the turn is over, and says why.
        return { outcome: 'completed', stopReason };
    }
  }
}

/** An agent's error as ours, with what was tried before its words. Errors of our own stay as they are. */
export function agentFailure(error: unknown, doing: string): unknown {
  if (!(error instanceof RequestError)) return error;
  return new HoldfastError(
    'agentFailed',
    `${doing}: ${agentsWords(error)}`,
    { code: error.code, data: error.data },
    error,
  );
}

/** An agent's own words for what went wrong; the useful ones often stand in the data. */
function agentsWords(error: RequestError): string {
  const details =
    textOf(error.data) ?? textOf(loose(error.data)['details']) ?? textOf(loose(error.data)['message']);
  return details === undefined || error.message.includes(details)
    ? error.message
    : `${error.message}: ${details}`;
}
