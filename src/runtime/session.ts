import type { Clock } from '../base/clock.ts';
import type { AgentRecord } from '../protocol/agentDefinition.ts';
import { contentText } from '../protocol/contentText.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { By, SessionEvent } from '../protocol/events.ts';
import type { Head } from '../protocol/head.ts';
import {
  newCommandRunId,
  type InteractionId,
  type JournalId,
  type SessionId,
  type TurnId,
} from '../protocol/ids.ts';
import type { Answer, Settlement } from '../protocol/interaction.ts';
import type { Params } from '../protocol/methods.ts';
import type { AgentPool, ResolvedAgent, TurnResult } from './agent/agent.ts';
import { AgentLink, type LinkOwner } from './agentLink.ts';
import { agentSide, type Values } from './agentSide.ts';
import { Interactions } from './interactions.ts';
import type { SessionLog } from './journal/journal.ts';
import type { Log } from './log.ts';
import { SessionSecrets } from './sessionSecrets.ts';
import { SessionWriter } from './sessionWriter.ts';
import { unspilled, type BlobStore } from './spill.ts';
import { Turns, type CommandSpec, type TurnsOwner, type Work } from './turns.ts';
import { Artifacts, type ArtifactsDeclared } from './work/artifacts.ts';
import { ArtifactUploads } from './work/artifactUploads.ts';
import type { ProcessTree } from './work/processTree.ts';
import { Valve } from './work/valve.ts';
import { runSessionCommand } from './work/sessionCommand.ts';

/** What all sessions of a runtime share. */
export interface SessionParts {
  readonly pool: AgentPool;
  readonly clock: Clock;
  readonly log: Log;
  /** Finds again what a session’s agent was started with; throws when it can no longer be had. */
  restore(record: AgentRecord): ResolvedAgent;
  readonly cancelGraceMs?: number | undefined;
  /** What was recorded of a session’s artifacts. */
  artifactsRecorded(sessionId: SessionId): Iterable<SessionEvent>;
  /** Where a session’s large contents are kept. */
  blobs(sessionId: SessionId): BlobStore;
  readonly storage: Storage;
}

/** Whether the journal takes what is written (law 9). */
export interface Storage {
  readonly isFailed: boolean;
  /** Whether so much waits to be written that nothing more may be taken in. */
  readonly isFull: boolean;
}

/** What a command left in the background may take to end when the session does, in milliseconds. */
const BACKGROUND_GRACE_MS = 1000;

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
  readonly #store: BlobStore;
  readonly #interactions: Interactions;
  readonly #turns: Turns;
  readonly #side: LinkOwner;
  readonly #link: AgentLink;
  readonly #values: Values;
  /** What must not be seen of its values (C5). */
  readonly secrets: SessionSecrets;
  /** The files it produces, and those on their way elsewhere (C4). */
  readonly artifacts: Artifacts;
  readonly uploads: ArtifactUploads;
  /** What commands left in the background. */
  readonly #leftBehind = new Set<ProcessTree>();
  /** Commands that run as turns: a turn can be over before its command is gone. */
  readonly #commands = new Set<Promise<unknown>>();
  readonly #valve = new Valve();
  #ending: Promise<void> | undefined;

  constructor(parts: SessionParts, log: SessionLog, values: Values) {
    this.sessionId = log.sessionId;
    this.journal = log.journal;
    this.#parts = parts;
    this.#log = log;
    this.#values = values;
    this.#store = parts.blobs(this.sessionId);
    const directories = (): readonly string[] =>
      log.head === undefined ? [] : [log.head.cwd, ...log.head.additionalDirectories];
    this.secrets = new SessionSecrets(() => this.#values, directories);
    this.#writer = new SessionWriter(log, parts.clock, () => this.secrets.matcher, this.#store);
    this.artifacts = this.#makeArtifacts();
    this.uploads = new ArtifactUploads((event) => {
      if (!this.head.ended) this.#writer.record(event);
    });
    this.#interactions = new Interactions((event, place) => void this.#writer.record(event, place));
    this.#turns = new Turns(this.#turnsOwner(), parts.cancelGraceMs);
    const side = agentSide({
      head: () => this.head,
      writer: this.#writer,
      turns: this.#turns,
      interactions: this.#interactions,
      values: this.#values,
      restore: (record) => parts.restore(record),
      log: parts.log,
      throttle: () => parts.storage.isFull && this.#link.pause(),
    });
    this.#side = side;
    this.#link = new AgentLink(parts.pool, parts.clock, side);
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
    const { cwd, additionalDirectories, title, forkedFrom, artifacts, artifactIgnore } = details;
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
      },
      { by },
    );
    this.declareArtifacts({ artifacts, artifactIgnore }, by);
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
  ) {
    this.#refuseEnded();
    const { by, mode, origin } = options;
    if (mode === 'reject' && this.isBusy) {
      throw new HoldfastError('sessionBusy', `a turn is running in “${this.head.title}”`, {
        turnId: this.#turns.current,
      });
    }
    this.artifacts.start();
    if (work.kind === 'command') this.secrets.add({ env: work.spec.env });
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

  answer(interactionId: InteractionId, answer: Answer, by: By): Settlement {
    return this.#writer.redacted(this.#interactions.answer(interactionId, answer, by));
  }

  /** Changes settings. Those of the agent are asked of it first; it must be running for that, and is started if need be. */
  async configure(
    change: Omit<Params<'session/configure'>, 'sessionId' | 'commandId'>,
    by: By,
  ): Promise<void> {
    const { title, mode, model, options, pinned, archived, readSeq } = change;
    if (mode !== undefined || model !== undefined || options !== undefined) {
      this.#refuseEnded();
      const agent = await this.#link.ensure();
      await agent.configure({ mode, model, options });
    }
    if (title !== undefined)
      this.#writer.record({ type: 'session.renamed', title, source: 'person' }, { by });
    const own = { pinned, archived, readSeq };
    const current = this.head;
    const news =
      (pinned ?? current.pinned) !== current.pinned || (archived ?? current.archived) !== current.archived;
    if (news || (readSeq ?? 0) > current.readSeq)
      this.#writer.record({ type: 'session.configured', ...own }, { by });
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
    await Promise.all([this.#link.dispose(), this.#endLeftBehind(), this.uploads.end()]);
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
    await Promise.all([this.#link.close({ forget: forget === true }), this.#endLeftBehind()]);
    await Promise.all([this.artifacts.drain(), this.uploads.end()]);
    this.#writer.record({ type: 'session.ended', reason }, { by, durable: true });
  }

  async #endLeftBehind(): Promise<void> {
    await Promise.allSettled(this.#commands);
    const trees = [...this.#leftBehind];
    this.#leftBehind.clear();
    await Promise.all(trees.map((tree) => tree.end({ graceMs: BACKGROUND_GRACE_MS })));
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

  async #perform(work: Work, turnId: TurnId, signal: AbortSignal): Promise<TurnResult> {
    const original = this.#writer.original(turnId);
    if (work.kind === 'command') {
      const command = original === undefined ? work.spec.command : contentText(original);
      return this.#performCommand({ ...work.spec, command }, turnId, signal);
    }
    const agent = await abortable(this.#link.ensure(), signal);
    if (agent === undefined || signal.aborted) return { outcome: 'cancelled' };
    const cancel = (): void => agent.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      // A prompt that waited stands in the head without what was large in it.
      return await agent.prompt(unspilled(original ?? work.content, this.#store));
    } catch (error) {
      await this.#link.lossTold();
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  #performCommand(spec: CommandSpec, turnId: TurnId, signal: AbortSignal): Promise<TurnResult> {
    const running = runSessionCommand({
      spec,
      commandRunId: newCommandRunId(),
      sessionCwd: this.head.cwd,
      env: { ...this.#values.env, ...spec.env },
      signal,
      emit: (event) => this.#writer.agentSaid(event, turnId),
      onLeftBehind: (tree) => this.#leftBehind.add(tree),
      valve: this.#valve,
    });
    this.#commands.add(running);
    void running.finally(() => this.#commands.delete(running));
    return running;
  }

  #makeArtifacts(): Artifacts {
    const { clock, log, storage } = this.#parts;
    return new Artifacts({
      head: () => this.head,
      record: (event, by) => void this.#writer.record(event, { by }),
      keep: (bytes) => this.#store.put(bytes),
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
      writer: this.#writer,
      clock: this.#parts.clock,
      mayStart: () => !this.#parts.storage.isFailed,
      perform: (work, turnId, signal) => this.#perform(work, turnId, signal),
      settleInteractions: (turnId, reason, by) => this.#interactions.cancel(reason, { turnId, by }),
      abandonAgent: (reason) => {
        this.#writer.record({
          type: 'session.detached',
          reason,
          failure: { kind: 'agentFailed', message: reason },
        });
        void this.#link.close();
      },
    };
  }
}

/** The value, or `undefined` as soon as the signal is aborted. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  let stop = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
