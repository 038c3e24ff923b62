import { RequestError } from '@agentclientprotocol/sdk';
import type { Clock } from '../../base/clock.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import { contentText } from '../../protocol/contentText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { onceRead } from '../work/drain.ts';
import type { AcpConnection, AgentRequest } from './acpConnection.ts';
import type {
  AgentEvent,
  AgentSession,
  AgentSettings,
  OpenAgentSession,
  Steering,
  Taken,
  TurnResult,
} from './agent.ts';
import { agentFailure, agentsWords } from './agentFailures.ts';
import { promptFor, refusalOf, type Capabilities } from './capabilities.ts';
import { ClientFiles } from './clientFiles.ts';
import { ClientRequests } from './clientRequests.ts';
import { dialectOf, type Dialect } from './dialect.ts';
import type { Loose } from './loose.ts';
import { signInNeeded } from './signIn.ts';
import { settledWithin } from './settledWithin.ts';
import { Terminals } from './terminals.ts';

/** How long the agent may take to answer, in milliseconds. A prompt has no deadline. */
export interface Deadlines {
  readonly initialize: number;
  /** New, load and resume: agents connect their MCP servers in these. */
  readonly open: number;
  readonly configure: number;
  readonly close: number;
}

/** What a request is answered with that was taken back. */
const ERROR_CANCELLED = -32800;

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
  /** The environment of the agent's process. */
  readonly env: Readonly<Record<string, string>>;
  /** Characters of JSON that a past may come to that is taken over; see `adoptSession`. */
  readonly mostPast?: number | undefined;
  /** A prompt begins or has ended. */
  onUse(): void;
  /** Forgets the session. With `stuck`, a prompt in it could not be stopped. */
  closed(session: AcpSession, stuck: boolean): Promise<void>;
}

/** What a session is made with, once the agent has given it an id. */
export interface AcpSessionOptions {
  readonly home: SessionHome;
  readonly request: OpenAgentSession;
  readonly agentSessionId: string;
  readonly how: AgentSession['how'];
  /** Whether what the agent replays is new to the journal. */
  readonly adopted?: boolean;
}

/** One session of an ACP agent: prompts, cancel, settings, and what the agent says in it. */
export class AcpSession implements AgentSession {
  readonly sessionId: SessionId;
  readonly agentSessionId: string;
  readonly how: AgentSession['how'];
  readonly steer?: AgentSession['steer'];
  readonly #home: SessionHome;
  readonly #dialect: Dialect;
  readonly #requests: ClientRequests;
  readonly #terminals: Terminals;
  /** How many updates came. */
  #updates = 0;
  #prompting: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  constructor({ home, request, agentSessionId, how, adopted = false }: AcpSessionOptions) {
    const { host, cwd, additionalDirectories, files } = request;
    this.#home = home;
    this.sessionId = request.sessionId;
    this.agentSessionId = agentSessionId;
    this.how = how;
    const emit = (event: AgentEvent): void => {
      if (this.#closing === undefined) host.emit(event);
    };
    // The end of a command is told also when the session is being closed.
    const always = (event: AgentEvent): void => host.emit(event);
    const { name, connection } = home;
    const { version } = home.capabilities;
    const replaying = how === 'loaded' && !adopted;
    this.#dialect = dialectOf({ version, name, cwd, replaying, lost: connection.closed, emit, always });
    if (this.#dialect.prompts.steer !== undefined) this.steer = (content) => this.#steer(content);
    this.#terminals = new Terminals({ cwd, env: home.env, clock: home.clock, emit: always });
    this.#requests = new ClientRequests({
      host,
      files: new ClientFiles([cwd, ...additionalDirectories], files),
      terminals: this.#terminals,
      serves: version === 1,
      toolCall: (call) => this.#dialect.translator.toolCall(call),
      callTouching: (file) => this.#dialect.translator.callTouching?.(file),
    });
  }

  /** Takes what the agent answered when it opened the session. */
  opened(answer: Loose): void {
    this.#dialect.settings.opened(answer);
    const { availableCommands } = answer;
    if (Array.isArray(availableCommands))
      this.#dialect.translator.update({ sessionUpdate: 'available_commands_update', availableCommands });
  }

  update(update: Loose): void {
    this.#updates++;
    this.#dialect.prompts.update(update);
    this.#dialect.translator.update(update);
  }

  /** Resolves when the agent has told the past of a loaded session: one agent does so after it answered the load. */
  async replayed(): Promise<void> {
    for (let round = 0, before = -1; round < REPLAY_ROUNDS && before !== this.#updates; round++) {
      before = this.#updates;
      await new Promise<void>((resolve) => this.#home.clock.after(REPLAY_QUIET_MS, () => onceRead(resolve)));
    }
  }

  /** Whether a prompt runs, or a command of the agent's. */
  get isBusy(): boolean {
    return this.#prompting !== undefined || this.#terminals.isRunning;
  }

  /** Something the agent asks of us. */
  request(request: AgentRequest): Promise<unknown> {
    return this.#requests.serve(request);
  }

  elicitationComplete(elicitationId: string): void {
    this.#requests.elicitationComplete(elicitationId);
  }

  /** The process is gone; resolves when what it ran in our hands is gone too. */
  lost(): Promise<void> {
    this.#requests.close();
    this.#dialect.translator.dispose();
    return this.#terminals.dispose();
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
    const { translator, prompts } = this.#dialect;
    translator.turnStarted(contentText(content));
    prompts.begin();
    const onAnswer = (message: Loose): void => prompts.answered(message);
    const params = { sessionId: this.agentSessionId, prompt };
    return this.#follow(prompts.ended(connection.request('session/prompt', params, { onAnswer })));
  }

  #steer(content: readonly ContentBlock[]): Steering | undefined {
    const { connection, capabilities, name } = this.#home;
    const { prompts, translator } = this.#dialect;
    if (this.#prompting === undefined || this.#closing !== undefined) return undefined;
    if (refusalOf(content, capabilities) !== undefined) return undefined;
    const steered = prompts.steer?.();
    if (steered === undefined) return undefined;
    const forget = translator.steered?.(contentText(content));
    const cancelled = new AbortController();
    const params = { sessionId: this.agentSessionId, prompt: promptFor(content, capabilities) };
    const answer = connection.request('session/prompt', params, {
      onAnswer: (message) => steered.answered(message),
      cancelled: cancelled.signal,
    });
    const failed = (error: unknown): Taken =>
      error instanceof RequestError
        ? { how: 'refused', reason: `${name}: ${agentsWords(error)}` }
        : { how: 'unknown' };
    return {
      taken: steered
        .taken(answer)
        .catch(failed)
        .then((taken) => {
          if (taken.how === 'refused') forget?.();
          return taken;
        }),
      withdraw: () => cancelled.abort(),
      stop: () => connection.notify('session/cancel', { sessionId: this.agentSessionId }),
      ended: () => {
        translator.turnStarted();
        return this.#follow(steered.ended());
      },
    };
  }

  /** A prompt is worked on until this settles. */
  async #follow(ended: Promise<TurnResult>): Promise<TurnResult> {
    const { name } = this.#home;
    this.#prompting = ended;
    this.#home.onUse();
    try {
      return await ended;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code === ERROR_CANCELLED) return { outcome: 'cancelled' };
      const needed = signInNeeded(error, name);
      if (needed !== undefined) throw needed;
      const failure = { kind: 'agentFailed', message: `${name} failed: ${agentsWords(error)}` };
      return { outcome: 'failed', failure };
    } finally {
      if (this.#prompting === ended) this.#prompting = undefined;
      this.#dialect.translator.turnEnded();
      this.#home.onUse();
    }
  }

  cancel(): void {
    if (this.#prompting === undefined) return;
    this.#home.connection.notify('session/cancel', { sessionId: this.agentSessionId });
    this.#terminals.endRunning();
  }

  async configure(settings: AgentSettings): Promise<void> {
    const { connection, deadlines, name } = this.#home;
    for (const { method, params, onAccepted } of this.#dialect.settings.requests(settings)) {
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

  async remove(): Promise<void> {
    await this.close();
    const { connection, capabilities, deadlines } = this.#home;
    if (!capabilities.delete) return;
    const params = { sessionId: this.agentSessionId };
    await connection
      .request('session/delete', params, { deadlineMs: deadlines.close })
      .catch(() => undefined);
  }

  async #close(): Promise<void> {
    const { connection, capabilities, deadlines, clock } = this.#home;
    this.cancel();
    this.#requests.close();
    const params = { sessionId: this.agentSessionId };
    const options = { deadlineMs: deadlines.close };
    if (capabilities.close) {
      const closed = (): void => this.#dialect.prompts.closed();
      await connection.request('session/close', params, options).then(closed, () => undefined);
    }
    const stopped = await settledWithin(Promise.resolve(this.#prompting), deadlines.close, clock);
    await this.lost();
    await this.#home.closed(this, !stopped);
    this.#dialect.prompts.closed();
  }
}
