import type { Clock } from '../base/clock.ts';
import type { AgentRecord } from '../protocol/agentDefinition.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { By, SessionEvent } from '../protocol/events.ts';
import type { Head } from '../protocol/head.ts';
import type { InteractionId, JournalId, SessionId, TurnId } from '../protocol/ids.ts';
import type { Answer } from '../protocol/interaction.ts';
import type { Params } from '../protocol/methods.ts';
import type { RuleDraft } from '../protocol/permission.ts';
import type { AgentPool, ResolvedAgent } from './agent/agent.ts';
import { AgentLink, type LinkOwner } from './agentLink.ts';
import type { SignIns } from './agents/signIns.ts';
import { agentSide, type Values } from './agentSide.ts';
import { Asking } from './asking.ts';
import { Audit } from './audit.ts';
import type { SharedDocuments } from './documents/sessionFiles.ts';
import { Interactions } from './interactions.ts';
import type { SessionLog } from './journal/journal.ts';
import type { Log } from './log.ts';
import type { RuleStore } from './ruleStore.ts';
import { SessionSecrets } from './sessionSecrets.ts';
import { changeSettings, type SettingsChange } from './sessionSettings.ts';
import { SessionWriter } from './sessionWriter.ts';
import type { BlobStore } from './spill.ts';
import { StallWatch } from './stallWatch.ts';
import { waitingFor } from './stallWords.ts';
import { commandsOf } from './turnPlans.ts';
import { Turns, type TurnsOwner, type Work } from './turns.ts';
import { TurnWork } from './turnWork.ts';
import { processorMs } from './work/processorTime.ts';
import { Artifacts, type ArtifactsDeclared } from './work/artifacts.ts';
import { ArtifactUploads } from './work/artifactUploads.ts';
import { Valve } from './work/valve.ts';

/** What all sessions of a runtime share. */
export interface SessionParts {
  readonly pool: AgentPool;
  readonly clock: Clock;
  readonly log: Log;
  /** Finds again what a session’s agent was started with; throws when it can no longer be had. */
  restore(record: AgentRecord): ResolvedAgent;
  readonly signIns: SignIns;
  readonly cancelGraceMs?: number | undefined;
  /** What was recorded of a session’s artifacts. */
  artifactsRecorded(sessionId: SessionId): Iterable<SessionEvent>;
  /** What is unsaved in the editor. */
  readonly documents: SharedDocuments;
  /** Where a session’s large contents are kept. */
  blobs(sessionId: SessionId): BlobStore;
  readonly storage: Storage;
  /** Permission rules for workspaces and for always. */
  readonly rules: RuleStore;
  /** Whether a client, other than the given one, is attached to a session. */
  isAttended(sessionId: SessionId, except: string | undefined): boolean;
  /** So long a turn may be silent before it is shown as stalled; milliseconds. */
  readonly stalledMs?: number | undefined;
}

/** Whether the journal takes what is written (law 9). */
export interface Storage {
  readonly isFailed: boolean;
  /** Whether so much waits to be written that nothing more may be taken in. */
  readonly isFull: boolean;
}

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
  readonly #writer: SessionWriter;
  readonly #interactions: Interactions;
  readonly #asking: Asking;
  readonly #turns: Turns;
  readonly #work: TurnWork;
  readonly #stall: StallWatch;
  readonly #side: LinkOwner;
  readonly #link: AgentLink;
  readonly #values: Values;
  /** What must not be seen of its values (C5). */
  readonly secrets: SessionSecrets;
  /** The files it produces, and those on their way elsewhere (C4). */
  readonly artifacts: Artifacts;
  readonly uploads: ArtifactUploads;
  /** Where refused control actions are written down (P8). */
  readonly audit: Audit;
  readonly #valve = new Valve();
  #ending: Promise<void> | undefined;

  constructor(parts: SessionParts, log: SessionLog, values: Values) {
    this.sessionId = log.sessionId;
    this.journal = log.journal;
    this.#parts = parts;
    this.#log = log;
    this.#values = values;
    const { clock, rules } = parts;
    const store = parts.blobs(this.sessionId);
    const head = (): Head => this.head;
    const directories = (): readonly string[] =>
      log.head === undefined ? [] : [log.head.cwd, ...log.head.additionalDirectories];
    this.secrets = new SessionSecrets(() => this.#values, directories);
    const writer = new SessionWriter(log, clock, () => this.secrets.matcher, store);
    const interactions = new Interactions((event, place) => void writer.record(event, place), clock);
    const turns = new Turns(this.#turnsOwner(), parts.cancelGraceMs);
    const isAttended = (except: string | undefined): boolean => parts.isAttended(this.sessionId, except);
    this.#writer = writer;
    this.#interactions = interactions;
    this.#turns = turns;
    this.audit = new Audit(writer, clock);
    this.#asking = new Asking({ head, writer, interactions, turns, rules, clock, isAttended });
    this.#stall = this.#stallWatch();
    this.artifacts = this.#makeArtifacts();
    this.uploads = new ArtifactUploads((event) => {
      if (!this.head.ended) writer.record(event);
    });
    const side = agentSide({
      head,
      writer,
      turns,
      interactions,
      asking: this.#asking,
      values: this.#values,
      restore: (record) => parts.restore(record),
      documents: parts.documents,
      signIns: parts.signIns,
      log: parts.log,
      heard: () => this.#stall.heard(),
      throttle: () => parts.storage.isFull && this.#link.pause(),
    });
    this.#side = side;
    this.#link = new AgentLink(parts.pool, clock, side);
    this.#work = new TurnWork({
      head,
      store,
      clock,
      values: this.#values,
      valve: this.#valve,
      ensureAgent: () => this.#link.ensure(),
      signedIn: (signal, act) => this.#link.signedIn(signal, act),
      lossTold: () => this.#link.lossTold(),
      original: (turnId) => writer.original(turnId),
      emit: (event, turnId) => {
        this.#stall.heard();
        turns.activity.saw(event);
        writer.agentSaid(event, turnId);
      },
      onPid: (commandRunId, pid) => turns.activity.pid(commandRunId, pid),
      record: (event, place) => void writer.record(event, place),
    });
  }

  /** The head with everything recorded so far. */
  get head(): Head {
    if (this.#log.head === undefined) throw new Error(`session ${this.sessionId} was not started`);
    return this.#log.head;
  }

  get isBusy(): boolean {
    return this.#turns.current !== undefined;
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
    return this.#writer.committed();
  }

  /** Records `session.started`, always seq 1, and begins to start the agent; how that goes is told by events. */
  start(
    details: Omit<Params<'session/create'>, 'commandId' | 'agent' | 'env' | 'mcpServers' | 'secrets'> & {
      readonly forkedFrom?: Head['forkedFrom'];
    },
    agent: AgentRecord,
    by: By,
  ): void {
    const { cwd, additionalDirectories, title, forkedFrom, permissionMode, waitLimitMs } = details;
    const { artifacts, artifactIgnore, agentSessionId } = details;
    const envNames = Object.keys(this.#values.env ?? {});
    const mcpServerNames = Object.keys(this.#values.mcpServers ?? {});
    this.#writer.record(
      {
        type: 'session.started',
        agent,
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
      this.#writer.record({ type: 'session.configured', permissionMode, waitLimitMs }, { by });
    this.#openAgent();
  }

  /** Its agent with all values, for a session that goes on from this one. Throws when values are missing. */
  forFork(): Values {
    const agent = (this.#values.agent ??= this.#parts.restore(this.head.agent));
    return { agent, secrets: this.#values.secrets, ...this.#side.values() };
  }

  /** Opens an ended session again; supplies values that were lost. Harmless for one that goes on. */
  resume(
    by: By,
    { env, mcpServers, secrets, artifacts, artifactIgnore }: Omit<Values, 'agent'> & ArtifactsDeclared = {},
  ): void {
    if (secrets !== undefined) this.#values.secrets = [...(this.#values.secrets ?? []), ...secrets];
    if (env !== undefined) this.#values.env = { ...this.#values.env, ...env };
    if (mcpServers !== undefined) this.#values.mcpServers = { ...this.#values.mcpServers, ...mcpServers };
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
    this.#writer.record({ type: 'session.resumed', ...(reason === undefined ? {} : { reason }) }, { by });
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
    },
  ): { readonly turnId: TurnId; readonly queued: boolean } {
    this.#refuseEnded();
    const { by, mode, origin } = options;
    if (mode === 'reject' && this.isBusy) {
      throw new HoldfastError('sessionBusy', `a turn is running in “${this.head.title}”`, {
        turnId: this.#turns.current,
      });
    }
    this.artifacts.start();
    for (const { env } of commandsOf(work)) this.secrets.add({ env });
    const front = mode === 'interrupt';
    const accepted = this.#turns.accept(work, { by, origin, front });
    if (front && accepted.queued) this.#turns.cancel(undefined, by);
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
    return this.#turns.cancel(turnId, by);
  }

  /** Acts on what waits (T2). Throws `turnNotFound` for a turn that does not wait. */
  queue(action: Params<'session/queue'>['action'], by: By): Head['queue'] {
    switch (action.kind) {
      case 'list':
        break;
      case 'edit':
        this.#turns.edit(action.turnId, action.content, by);
        break;
      case 'move':
        this.#turns.move(action.turnId, action.before, by);
        break;
      case 'remove':
        this.#turns.remove(action.turnId, by);
    }
    return this.head.queue;
  }

  answer(
    interactionId: InteractionId,
    answer: Answer,
    options: { readonly by: By; readonly saveRule?: RuleDraft | undefined },
  ): ReturnType<Asking['answer']> {
    return this.#writer.redacted(this.#asking.answer(interactionId, answer, options));
  }

  /** Takes back a permission rule of this session. Throws `ruleNotFound`. */
  revokeRule(ruleId: string, by: By): void {
    this.#asking.revoke(ruleId, by);
  }

  /** Changes settings, see `changeSettings`. */
  configure(change: SettingsChange, by: By): Promise<void> {
    const ensureAgent = () => {
      this.#refuseEnded();
      return this.#link.ensure();
    };
    const parts = { head: () => this.head, writer: this.#writer, audit: this.audit, ensureAgent };
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

  /** Lets go of the agent because the runtime stops: the session can go on under the next one. */
  async dispose(reason: string): Promise<void> {
    this.#turns.interrupt(reason);
    this.#interactions.cancel(reason);
    const wasLive = this.head.process !== undefined;
    this.artifacts.dispose();
    await Promise.all([this.#link.dispose(), this.#work.endLeftBehind(), this.uploads.end()]);
    if (wasLive) this.#writer.record({ type: 'session.detached', reason });
    // What cannot be stored now is settled by the next runtime's recovery.
    if (!this.#parts.storage.isFailed) await this.committed();
  }

  /** Law 9: while storage fails, nothing is read of what commands print, and no queued turn starts. */
  storageChanged(): void {
    if (this.#parts.storage.isFailed) return this.#valve.shut();
    this.#valve.open();
    this.artifacts.resume();
    this.#turns.resumeQueue();
  }

  /** How what is cancelled ends is heard also while storage fails, as far as there is room for it. */
  #readOn(): void {
    if (this.#parts.storage.isFailed && !this.#parts.storage.isFull) this.#link.resume();
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
    await this.#turns.cancelAll(by);
    this.#interactions.cancel(reason, { by });
    await Promise.all([this.#link.close({ forget: forget === true }), this.#work.endLeftBehind()]);
    await Promise.all([this.artifacts.drain(), this.uploads.end()]);
    this.#writer.record({ type: 'session.ended', reason }, { by, durable: true });
  }

  #refuseEnded(): void {
    if (this.head.ended || this.#ending !== undefined) {
      throw new HoldfastError('sessionEnded', `“${this.head.title}” has ended; resume it first`);
    }
  }

  #openAgent(): void {
    // A failure is recorded by the link's owner; whoever needs the agent next is told again.
    this.#link.ensure().catch(() => undefined);
  }

  #stallWatch(): StallWatch {
    const { clock, stalledMs, storage } = this.#parts;
    const record = (event: Parameters<SessionWriter['record']>[0], turnId: TurnId): unknown =>
      this.#writer.record(event, { turnId });
    return new StallWatch({
      clock,
      stalledMs,
      isExcused: () => {
        const turnId = this.#turns.current;
        return storage.isFailed || (turnId !== undefined && this.#interactions.isWaiting(turnId));
      },
      usedMs: () => processorMs(this.#pids()),
      waitingFor: () => waitingFor(this.#turns, this.head),
      onStalled: (turnId, since, words) =>
        record({ type: 'turn.stalled', turnId, since, waitingFor: words }, turnId),
      onProgressed: (turnId) => record({ type: 'turn.progressed', turnId }, turnId),
    });
  }

  /** Processes that work for the running turn. One that hosts other sessions says nothing of this one. */
  #pids(): number[] {
    const { process } = this.#link;
    const own = process !== undefined && process.sessions.size === 1 ? [process.pid] : [];
    const commands = [...this.#turns.activity.commands].map(({ pid }) => pid);
    return [...own, ...commands].filter((pid) => pid !== undefined);
  }

  #makeArtifacts(): Artifacts {
    const { clock, log, storage } = this.#parts;
    return new Artifacts({
      head: () => this.head,
      record: (event, by) => void this.#writer.record(event, { by }),
      keep: (bytes) => this.#parts.blobs(this.sessionId).put(bytes),
      redact: (bytes) => this.#writer.redacted(bytes),
      recorded: () => this.#parts.artifactsRecorded(this.sessionId),
      mayStore: () => !storage.isFailed,
      clock,
      log,
    });
  }

  #turnsOwner(): TurnsOwner {
    return {
      head: () => this.head,
      record: (event, place) => void this.#writer.record(event, place),
      clock: this.#parts.clock,
      mayStart: () => !this.#parts.storage.isFailed && !isAdopting(this.head),
      perform: (work, turn) => this.#work.perform(work, turn),
      settleInteractions: (turnId, reason, by) => this.#interactions.cancel(reason, { turnId, by }),
      abandonAgent: (reason) => {
        this.#writer.record({
          type: 'session.detached',
          reason,
          failure: { kind: 'agentFailed', message: reason },
        });
        void this.#link.close();
      },
      onStarted: (turnId) => this.#stall.started(turnId),
      onEnded: () => this.#stall.ended(),
    };
  }
}

/** Whether the past of an agent's conversation is still to come: what is asked now stands after it. */
function isAdopting({ adopts, agentSessionId, link }: Head): boolean {
  return adopts !== undefined && agentSessionId === undefined && link === 'opening';
}
