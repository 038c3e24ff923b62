import type { AgentRecord } from '../protocol/agentDefinition.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { By } from '../protocol/events.ts';
import type { Head } from '../protocol/head.ts';
import type { InteractionId, JournalId, SessionId, TurnId } from '../protocol/ids.ts';
import type { Answer } from '../protocol/interaction.ts';
import type { Params } from '../protocol/methods.ts';
import type { RuleDraft } from '../protocol/permission.ts';
import type { Values } from './agentSide.ts';
import type { Asking } from './asking.ts';
import type { Audit } from './audit.ts';
import type { SessionLog } from './journal/journal.ts';
import { headOf, makeComponents, type Components } from './sessionComponents.ts';
import type { SessionParts } from './sessionParts.ts';
import { secretNames, type SessionSecrets } from './sessionSecrets.ts';
import { changeSettings, type SettingsChange } from './sessionSettings.ts';
import { commandsOf } from './turnPlans.ts';
import type { Work } from './turns.ts';
import type { Artifacts, ArtifactsDeclared } from './work/artifacts.ts';
import type { ArtifactUploads } from './work/artifactUploads.ts';

/**
 * One conversation with one agent in one working directory: joins the journal, the agent, the turns and what waits for a
 * person. Its commands return at once, having recorded what they did; `committed` tells when that is safely stored.
 * Owned by `Sessions`.
 */
export class Session {
  readonly sessionId: SessionId;
  readonly journal: JournalId;
  readonly #log: SessionLog;
  readonly #parts: SessionParts;
  readonly #values: Values;
  readonly #components: Components;
  #ending: Promise<void> | undefined;

  constructor(parts: SessionParts, log: SessionLog, values: Values) {
    this.sessionId = log.sessionId;
    this.journal = log.journal;
    this.#parts = parts;
    this.#log = log;
    this.#values = values;
    this.#components = makeComponents(parts, log, values);
  }

  /** What must not be seen of its values (C5). */
  get secrets(): SessionSecrets {
    return this.#components.secrets;
  }

  /** The files it produces (C4). */
  get artifacts(): Artifacts {
    return this.#components.artifacts;
  }

  /** Its files on their way elsewhere (C4). */
  get uploads(): ArtifactUploads {
    return this.#components.uploads;
  }

  /** Where refused control actions are written down (P8). */
  get audit(): Audit {
    return this.#components.audit;
  }

  /** The head with everything recorded so far. */
  get head(): Head {
    return headOf(this.#log);
  }

  get isBusy(): boolean {
    return this.#components.turns.current !== undefined;
  }

  /** Whether nothing is lost when this object goes from memory: no agent, no work, no values only it has. */
  get isForgettable(): boolean {
    const { phase, queue } = this.head;
    const { env, mcpServers, agent } = this.#values;
    const holdsValues =
      Object.keys({ ...env, ...mcpServers, ...agent?.env, ...agent?.mcpServers }).length > 0;
    return (phase === 'ended' || phase === 'detached') && queue.length === 0 && !this.isBusy && !holdsValues;
  }

  committed(): Promise<void> {
    return this.#components.writer.committed();
  }

  /** Records `session.started`, always seq 1, and begins to start the agent; how that goes is told by events. */
  start(
    details: Omit<Params<'session/create'>, 'commandId' | 'agent' | 'env' | 'mcpServers' | 'secrets'> & {
      readonly forkedFrom?: Head['forkedFrom'];
    },
    agent: AgentRecord,
    by: By,
  ): void {
    const { cwd, additionalDirectories, title, forkedFrom, waitLimitMs } = details;
    const permissionMode = details.permissionMode ?? agent.permissionMode;
    const { artifacts, artifactIgnore, agentSessionId } = details;
    const envNames = Object.keys(this.#values.env ?? {});
    const mcpServerNames = Object.keys(this.#values.mcpServers ?? {});
    this.#components.writer.record(
      {
        type: 'session.started',
        agent: this.#shown(agent),
        cwd,
        additionalDirectories,
        title,
        ...(envNames.length > 0 ? { envNames } : {}),
        ...(mcpServerNames.length > 0 && { mcpServerNames }),
        ...(forkedFrom !== undefined && { forkedFrom }),
        ...(agentSessionId !== undefined && { agentSessionId }),
      },
      { by },
    );
    this.declareArtifacts({ artifacts, artifactIgnore }, by);
    if (permissionMode !== undefined || waitLimitMs !== undefined)
      this.#components.writer.record({ type: 'session.configured', permissionMode, waitLimitMs }, { by });
    this.#openAgent();
  }

  /** Its agent with all values, for a session that goes on from this one. Throws when values are missing. */
  forFork(): Values {
    const agent = (this.#values.agent ??= this.#parts.restore(this.head.agent));
    return { agent, secrets: this.#values.secrets, ...this.#components.side.values() };
  }

  /** Opens an ended session again; supplies values that were lost. Harmless for one that goes on. */
  resume(
    by: By,
    { env, mcpServers, secrets, artifacts, artifactIgnore }: Omit<Values, 'agent'> & ArtifactsDeclared = {},
  ): void {
    if (secrets !== undefined) this.#values.secrets = secretNames(this.#values.secrets, secrets);
    if (env !== undefined) this.#values.env = { ...this.#values.env, ...env };
    if (mcpServers !== undefined) this.#values.mcpServers = { ...this.#values.mcpServers, ...mcpServers };
    if (secrets !== undefined) this.#components.link.conceal();
    if (this.head.ended) this.reopen({ by });
    this.declareArtifacts({ artifacts, artifactIgnore }, by);
  }

  /** Records that the session is opened again, and begins to start its agent. */
  reopen({
    by,
    env,
    reason,
  }: {
    readonly by: By;
    readonly env?: Values['env'];
    readonly reason?: string;
  }): void {
    this.#ending = undefined;
    if (env !== undefined) this.#values.env = { ...this.#values.env, ...env };
    this.#components.writer.record(
      { type: 'session.resumed', ...(reason === undefined ? {} : { reason }) },
      { by },
    );
    this.artifacts.reopen();
    this.#openAgent();
  }

  /** Accepts a prompt or a command (T2, T7). Throws `sessionEnded`, or `sessionBusy` when it asked not to wait. */
  accept(
    work: Work,
    options: {
      readonly by: By;
      readonly mode: Params<'session/prompt'>['mode'];
      readonly origin: 'person' | 'api';
      /** Declared with it, where it is accepted. */
      readonly artifacts?: ArtifactsDeclared | undefined;
    },
  ): { readonly turnId: TurnId; readonly queued: boolean; readonly steered: boolean } {
    this.#refuseEnded();
    const { by, mode, origin, artifacts = {} } = options;
    if (mode === 'reject' && this.isBusy) {
      throw new HoldfastError('sessionBusy', `a turn is running in “${this.head.title}”`, {
        turnId: this.#components.turns.current,
      });
    }
    this.artifacts.check(artifacts);
    this.artifacts.start();
    for (const { env } of commandsOf(work)) this.secrets.add(env);
    const front = mode === 'interrupt';
    const steer = mode === 'steer';
    const accepted = this.#components.turns.accept(work, { by, origin, front, steer });
    this.declareArtifacts(artifacts, by);
    if (front && accepted.queued) this.#components.turns.cancel(undefined, by);
    return accepted;
  }

  /** Adds directories whose files are artifacts (C4). Throws `sessionEnded`, or `invalidParams` for one outside of its directories. */
  declareArtifacts(declared: ArtifactsDeclared, by: By): void {
    if (declared.artifacts === undefined && declared.artifactIgnore === undefined) return;
    this.#refuseEnded();
    this.artifacts.declare(declared, by);
  }

  cancel(turnId: TurnId | undefined, by: By): TurnId | undefined {
    this.#readOn();
    return this.#components.turns.cancel(turnId, by);
  }

  /** Acts on what waits (T2). Throws `turnNotFound` for a turn that does not wait. */
  queue(action: Params<'session/queue'>['action'], by: By): Head['queue'] {
    switch (action.kind) {
      case 'list':
        break;
      case 'edit':
        this.#components.turns.waiting.edit(action.turnId, action.content, by);
        break;
      case 'move':
        this.#components.turns.waiting.move(action.turnId, action.before, by);
        break;
      case 'remove':
        this.#components.turns.waiting.remove(action.turnId, by);
    }
    return this.head.queue;
  }

  answer(
    interactionId: InteractionId,
    answer: Answer,
    options: { readonly by: By; readonly saveRule?: RuleDraft | undefined },
  ): ReturnType<Asking['answer']> {
    return this.#components.writer.redacted(this.#components.asking.answer(interactionId, answer, options));
  }

  /** Takes back a permission rule of this session. Throws `ruleNotFound`. */
  revokeRule(ruleId: string, by: By): void {
    this.#components.asking.revoke(ruleId, by);
  }

  /** Changes settings, see `changeSettings`. */
  configure(change: SettingsChange, by: By): Promise<void> {
    const ensureAgent = () => {
      this.#refuseEnded();
      return this.#components.link.ensure();
    };
    const parts = { head: () => this.head, writer: this.#components.writer, audit: this.audit, ensureAgent };
    return changeSettings(parts, change, by);
  }

  /** Ends the session: what runs is cancelled if `force`, else the call is refused. Resolves when all is closed. */
  async end(options: {
    readonly force: boolean;
    readonly reason: string;
    readonly by?: By;
    /** Whether the agent is to forget the conversation. */
    readonly forget?: boolean;
  }): Promise<void> {
    if (this.head.ended) return;
    if (this.#ending === undefined) {
      if (!options.force && (this.isBusy || this.head.queue.length > 0)) {
        throw new HoldfastError(
          'sessionBusy',
          `a turn is running in “${this.head.title}”; cancel it first, or end with force`,
        );
      }
      this.#ending = this.#end(options);
    }
    await this.#ending;
  }

  /** Lets go of the agent because the runtime stops, and records so: the session can go on under the next one. */
  async dispose(reason: string): Promise<void> {
    this.#components.turns.interrupt(reason);
    this.#components.interactions.cancel(reason);
    const wasLive = this.head.process !== undefined;
    this.artifacts.dispose();
    await Promise.all([
      this.#components.link.dispose(),
      this.#components.work.endLeftBehind(),
      this.uploads.end(),
    ]);
    if (wasLive) this.#components.writer.record({ type: 'session.detached', reason });
  }

  /** Law 9: while storage fails, nothing is read of what commands print, and no queued turn starts. */
  storageChanged(): void {
    if (this.#parts.storage.isFailed) return this.#components.valve.shut();
    this.#components.valve.open();
    this.artifacts.resume();
    this.#components.turns.resumeQueue();
  }

  /** How what is cancelled ends is heard also while storage fails, as far as there is room for it. */
  #readOn(): void {
    if (this.#parts.storage.isFailed && !this.#parts.storage.isFull) this.#components.link.resume();
  }

  async #end({
    reason,
    by,
    forget,
  }: {
    readonly reason: string;
    readonly by?: By;
    readonly forget?: boolean;
  }): Promise<void> {
    this.#readOn();
    await this.#components.turns.cancelAll(by);
    this.#components.interactions.cancel(reason, { by });
    await Promise.all([
      this.#components.link.close({ forget: forget === true }),
      this.#components.work.endLeftBehind(),
    ]);
    await Promise.all([this.artifacts.drain(), this.uploads.end()]);
    this.#components.writer.record({ type: 'session.ended', reason }, { by, durable: true });
  }

  /** A definition as it may be kept: what stands in its arguments may be a key. */
  #shown(agent: AgentRecord): AgentRecord {
    const { args } = agent;
    return args === undefined ? agent : { ...agent, args: this.#components.writer.redacted(args) };
  }

  #refuseEnded(): void {
    if (this.head.ended || this.#ending !== undefined) {
      throw new HoldfastError('sessionEnded', `“${this.head.title}” has ended; resume it first`);
    }
  }

  #openAgent(): void {
    // A failure is recorded by the link's owner; whoever needs the agent next is told again.
    this.#components.link.ensure().catch(() => undefined);
  }
}
