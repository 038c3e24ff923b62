import { homedir } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { newProcessId, type SessionId } from '../../protocol/ids.ts';
import type { Result } from '../../protocol/methods.ts';
import type { Log } from '../log.ts';
import { AcpConnection, type AgentListener } from './acpConnection.ts';
import type { Deadlines, SessionHome } from './acpSession.ts';
import type {
  AgentExit,
  AgentProcess,
  AgentSession,
  ListPage,
  AgentSignIn,
  OpenAgentSession,
  ProcessSecrets,
  ResolvedAgent,
} from './agent.ts';
import { AgentChild, type StderrSink, type StopGrace } from './agentChild.ts';
import { endOf, goneFailure, notStarted, withLastLines } from './agentFailures.ts';
import { Chatter } from './chatter.ts';
import { capabilitiesOf, NEWEST_ACP, type Capabilities } from './capabilities.ts';
import { shakeHands } from './handshake.ts';
import { listSessions } from './listSessions.ts';
import { openAcpSession } from './openAcpSession.ts';
import { signInOf } from './signIn.ts';
import { SessionRouter } from './sessionRouter.ts';

/** What an agent process is started with. */
export interface AgentProcessOptions {
  readonly agent: ResolvedAgent;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadlines: Deadlines;
  readonly grace: StopGrace;
  /** Our own version, for `clientInfo`. */
  readonly version: string;
  /** Aborting it gives up a start. */
  readonly signal: AbortSignal;
  /** Is told all that it writes to stderr. */
  readonly stderr?: StderrSink | undefined;
  /** Where it is remembered what must not be seen of what it was given. */
  readonly secrets?: Pick<ProcessSecrets, 'add'> | undefined;
  /** See `SessionHome`. */
  readonly mostPast?: number | undefined;
  /** Something began or ended in it: an opening, a session, a prompt. */
  onUse(): void;
}

/**
 * A running ACP agent (P1): one process, any number of sessions. Owned by the pool.
 */
export class AcpProcess implements AgentProcess {
  readonly processId = newProcessId();
  readonly agentId: string;
  readonly startedAt: number;
  readonly exited: Promise<AgentExit>;
  readonly #options: AgentProcessOptions;
  readonly #child: AgentChild;
  readonly #connection: AcpConnection;
  readonly #router: SessionRouter;
  readonly #name: string;
  #capabilities: Capabilities = capabilitiesOf({});
  isStale = false;
  /** The last lines on stdout that were no messages: some programs tell their errors there. */
  #aside = '';
  #gone = false;
  /** What sessions ran for the agent ends with it. */
  #losing: Promise<unknown> = Promise.resolve();

  /**
   * Starts an agent and shakes hands with it. Rejects with `agentStartFailed`: what was run, how it ended, the tail of its
   * stderr; nothing of it is left then.
   */
  static async start(options: AgentProcessOptions): Promise<AcpProcess> {
    const { agent, env, clock, grace, stderr } = options;
    const { command = '', args = [] } = agent.record;
    let child: AgentChild;
    try {
      child = await AgentChild.start({ command, args, env, cwd: homedir(), clock, grace, stderr });
    } catch (error) {
      throw notStarted(agent, error);
    }
    const started = new AcpProcess(child, options);
    try {
      await started.#initialize();
      return started;
    } catch (error) {
      const failure = await started.#startFailure(error);
      await started.stop();
      throw failure;
    }
  }

  private constructor(child: AgentChild, options: AgentProcessOptions) {
    const { agent, clock, log } = options;
    this.#options = options;
    this.#child = child;
    this.#name = agent.record.name;
    this.agentId = agent.record.id;
    this.startedAt = clock.now();
    const chatter = new Chatter((text) => log.info(`${this.#name} ${text}`), clock);
    this.#router = new SessionRouter((text) => chatter.say(`sent ${text}`));
    const listener: AgentListener = {
      onUpdate: (id, update) => this.#router.update(id, update),
      onRequest: (id, request) => this.#router.request(id, request),
      onElicitationComplete: (id) => this.#router.elicitationComplete(id),
      onFailed: (error) => chatter.say(`sent what could not be taken in: ${errorText(error)}`),
      onStray: (line) => {
        this.#aside = `${this.#aside}\n${line}`.slice(-1024);
        chatter.say(`said aside: ${line.slice(0, 500)}`);
      },
      onBroken: (reason) => void this.#broken(reason),
      onUnreadable: (cause) => void this.#broken(cause, { cause }),
    };
    const { stdin, stdout } = child;
    const { maxLineBytes } = agent.record;
    this.#connection = new AcpConnection({ stdin, stdout, clock, listener, maxLineBytes });
    this.exited = child.exited.then((exit) => {
      this.#gone = true;
      this.#connection.close(goneFailure(this.#name, exit));
      this.#losing = this.#router.lost();
      return exit;
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  get takes(): AgentProcess['takes'] {
    const { image, audio, version } = this.#capabilities;
    return { images: image, audio, ...(version === 2 && { steering: true }) };
  }

  get info(): AgentProcess['info'] {
    return this.#capabilities.info;
  }

  get signIn(): AgentSignIn | undefined {
    const { signIns, version } = this.#capabilities;
    const { agent } = this.#options;
    return signIns.methods.length === 0 && !signIns.canSignOut
      ? undefined
      : signInOf(signIns, { agent, connection: this.#connection, version });
  }

  get sessions(): ReadonlySet<SessionId> {
    return this.#router.sessions;
  }

  get isUsable(): boolean {
    return !this.#gone;
  }

  async open(request: OpenAgentSession): Promise<AgentSession> {
    if (this.#gone) throw new HoldfastError('agentFailed', `${this.#name} is not running any more.`);
    const done = this.#router.opening(request.host);
    this.#options.onUse();
    try {
      return await openAcpSession(request, this.#home(), this.#router);
    } finally {
      done();
      this.#options.onUse();
    }
  }

  listSessions(page: ListPage): Promise<Result<'agent/sessions'>> {
    return listSessions(this.#home(), page);
  }

  /** How many sessions are in it, or about to be. */
  get load(): number {
    return this.#router.load;
  }

  /** Whether a prompt runs in it, a command of an agent, or an opening. */
  get isBusy(): boolean {
    return this.#router.isBusy;
  }

  /** Whether stopping it loses no conversation: there is none, or the agent can take them up again. */
  get canRest(): boolean {
    return this.load === 0 || this.#capabilities.resume || this.#capabilities.load;
  }

  async stop(reason?: string): Promise<void> {
    this.#gone = true;
    await this.#child.stop(reason);
    await this.exited;
    await this.#losing;
  }

  conceal(secrets: Iterable<string>): void {
    this.#options.secrets?.add(secrets);
  }

  pause(): void {
    this.#child.pause();
  }

  resume(): void {
    this.#child.resume();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #initialize(): Promise<void> {
    const { agent, deadlines, version, signal } = this.#options;
    const newest = agent.record.acpVersion ?? NEWEST_ACP;
    const options = { newest, version, deadlineMs: deadlines.initialize, signal };
    this.#capabilities = await shakeHands(this.#connection, options);
  }

  /** Why the handshake failed, with what was run and what the agent wrote to stderr. */
  async #startFailure(error: unknown): Promise<HoldfastError> {
    const { record } = this.#options.agent;
    const run = [record.command, ...(record.args ?? [])].join(' ');
    // A process that ended is the reason, whatever was noticed first.
    const exit =
      error instanceof HoldfastError && error.kind === 'agentFailed' ? await this.exited : undefined;
    const stderrTail = this.#child.stderrTail;
    const how = exit === undefined ? errorText(error).replace(/\.$/, '') : endOf(exit);
    const said = withLastLines(stderrTail.trim() === '' ? this.#aside : stderrTail);
    const details = {
      command: record.command,
      args: record.args,
      exitCode: exit?.exitCode,
      signal: exit?.signal,
      stderrTail,
    };
    return new HoldfastError(
      'agentStartFailed',
      `${this.#name} did not start: \`${run}\`: ${how}.${said}`,
      details,
      error,
    );
  }

  async #broken(reason: string, { cause }: { readonly cause?: string } = {}): Promise<void> {
    if (this.#gone) return;
    this.#gone = true;
    this.#options.log.info(`${this.#name} cannot be talked to any more: ${reason}`);
    await this.#child.abandon(cause);
  }

  #home(): SessionHome {
    const { deadlines, clock } = this.#options;
    return {
      name: this.#name,
      clock,
      env: this.#options.env,
      connection: this.#connection,
      capabilities: this.#capabilities,
      deadlines,
      mostPast: this.#options.mostPast,
      onUse: () => this.#options.onUse(),
      closed: async (session, stuck) => {
        this.#router.unbind(session);
        this.#options.onUse();
        // T4: the last step. Others in the same process go before that.
        if (stuck && this.load === 0) await this.stop();
      },
    };
  }
}
