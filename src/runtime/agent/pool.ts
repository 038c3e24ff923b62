import { systemClock, type Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { silentLog, type Log } from '../log.ts';
import { createShellProcess } from '../shell/shellProcess.ts';
import { childEnvironment } from '../work/environment.ts';
import { personsEnvironment } from '../work/loginEnvironment.ts';
import type { Deadlines } from './acpSession.ts';
import type { AgentPool, AgentProcess, ProcessSecrets, ResolvedAgent } from './agent.ts';
import type { StderrSink, StopGrace } from './agentChild.ts';
import { AcpProcess } from './agentProcess.ts';

/** What a pool may be given; times are milliseconds. */
export interface AgentPoolOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  /** What agents and shells inherit; that of the person's login shell unless given. What belongs to the editor is left out. */
  readonly environment?: Environment;
  readonly deadlines?: Partial<Deadlines>;
  readonly grace?: Partial<StopGrace>;
  /** How long a process without a session is kept. */
  readonly idleMs?: number;
  /** How many processes may run at once. */
  readonly maxProcesses?: number;
  /** Takes what one process of an agent writes to stderr. */
  stderr?(agent: string): StderrSink;
  /** Remembers what one process is given that must not be seen, until it is gone. */
  secrets?(): ProcessSecrets;
  /** For files of the Shell's commands; the system's folder unless given. */
  readonly temporary?: string | undefined;
  /** Our own version, as agents are told. */
  readonly version?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** How long agents may take: generous, since a slow machine is no fault (A9). */
export const DEADLINES: Deadlines = { initialize: 30_000, open: 120_000, configure: 30_000, close: 5000 };
/** Closing stdin is the cleanest end, and some agents need seconds for it. */
export const STOP_GRACE: StopGrace = { stdinMs: 7000, termMs: 2000 };
/** How long a process without a session is kept (P2). */
export const IDLE_MS = 10 * 60_000;
/** More processes than that are a mistake: each is some hundred megabytes. */
export const MAX_PROCESSES = 64;

/** A process of the pool, or its start. */
interface Place {
  readonly key: string;
  readonly agent: ResolvedAgent;
  readonly starting: Promise<AcpProcess>;
  readonly secrets: ProcessSecrets | undefined;
  process?: AcpProcess;
  /** Handed out, and not yet opened a session in. */
  claims: number;
  wasUsed?: boolean;
  /** Gets no new sessions, and goes when the last is gone. */
  isStale?: boolean;
  idle?: Disposable | undefined;
}

/**
 * Makes the runtime's pool of agent processes: one per definition, environment and bundle of MCP servers, the Shell among
 * them; more of one where each may host only so many sessions.
 */
export function createAgentPool(options: AgentPoolOptions = {}): AgentPool {
  return new Pool(options);
}

class Pool implements AgentPool {
  readonly #options: AgentPoolOptions;
  readonly #clock: Clock;
  readonly #places = new Set<Place>();
  readonly #stop = new AbortController();
  /** Ends that are still going on: an agent that died may have left something of it behind. */
  readonly #endings = new Set<Promise<void>>();
  #shell: AgentProcess | undefined;
  #disposing: Promise<void> | undefined;

  constructor(options: AgentPoolOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get processes(): readonly AgentProcess[] {
    const running = [...this.#places]
      .map((place) => place.process)
      .filter((process) => process !== undefined);
    return this.#shell === undefined ? running : [this.#shell, ...running];
  }

  async acquire(agent: ResolvedAgent): Promise<AgentProcess> {
    const environment = await this.#environment();
    if (this.#disposing !== undefined) {
      throw new HoldfastError(
        'agentStartFailed',
        `${agent.record.name} was not started: the runtime is stopping.`,
      );
    }
    if (agent.record.kind === 'shell') return this.#acquireShell(environment);
    // A process that ended in the instant after its start is not handed out; one that always does is no agent.
    for (let attempt = 0; attempt < 2; attempt++) {
      const place = this.#claim(agent, environment);
      try {
        const process = await place.starting;
        if (!process.isUsable) continue;
        if (agent.record.warm === true) this.#keepWarm(agent, environment);
        return process;
      } finally {
        // By then, whoever it was handed to has begun to open its session.
        setImmediate(() => {
          place.claims--;
          this.#rest(place);
        });
      }
    }
    throw new HoldfastError('agentStartFailed', `${agent.record.name} ends as soon as it is started.`);
  }

  renew(agentId: string, except?: AgentProcess): void {
    for (const place of this.#places) {
      if (place.agent.record.id !== agentId || (except !== undefined && place.process === except)) continue;
      if (place.process !== undefined) place.process.isStale = true;
      place.isStale = true;
      this.#rest(place);
    }
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  #environment(): Promise<Environment> {
    const { environment, log = silentLog } = this.#options;
    if (environment !== undefined) return Promise.resolve(environment);
    return personsEnvironment({ clock: this.#clock, onProblem: (text) => log.warn(text) });
  }

  #acquireShell(environment: Environment): AgentProcess {
    if (this.#shell?.isUsable === true) return this.#shell;
    const shell = createShellProcess({
      environment,
      clock: this.#clock,
      temporary: this.#options.temporary,
    });
    // What the one before it still ends is waited for as well.
    const before = this.#shell?.stop().then(
      () => undefined,
      () => undefined,
    );
    if (before !== undefined) {
      this.#endings.add(before);
      void before.then(() => this.#endings.delete(before));
    }
    this.#shell = shell;
    // One that was stopped leaves its place to the next, which may come while it still ends.
    void shell.exited.then(() => this.#shell === shell && (this.#shell = undefined));
    return shell;
  }

  /** A place with room, or a new one; room is taken at once, so that calls of the same moment do not share it. */
  #claim(agent: ResolvedAgent, environment: Environment): Place {
    const place = this.#withRoom(agent) ?? this.#start(agent, environment);
    place.claims++;
    // Who shares it may have been given the same values as secrets.
    place.secrets?.addGiven(agent);
    return place;
  }

  #withRoom(agent: ResolvedAgent): Place | undefined {
    const key = keyOf(agent);
    const { isolate = false, maxSessions = Infinity } = agent.record;
    return [...this.#places].find((place) => {
      if (place.key !== key || place.isStale === true || place.process?.isUsable === false) return false;
      if (isolate && place.wasUsed === true) return false;
      return place.claims + (place.process?.load ?? 0) < (isolate ? 1 : maxSessions);
    });
  }

  /** A failed start is told of when the process is needed. */
  #keepWarm(agent: ResolvedAgent, environment: Environment): void {
    if (this.#disposing !== undefined || this.#withRoom(agent) !== undefined) return;
    if (this.#places.size >= this.#most) return;
    this.#start(agent, environment).starting.catch(() => undefined);
  }

  get #most(): number {
    return this.#options.maxProcesses ?? MAX_PROCESSES;
  }

  /** Throws when no more processes may run, unless one that nobody uses can go instead. */
  #makeRoom({ record }: ResolvedAgent): void {
    if (this.#places.size < this.#most) return;
    const unused = [...this.#places].find(({ process, claims }) => process?.load === 0 && claims === 0);
    if (unused !== undefined) return this.#retire(unused, 'Another agent needed its place.');
    const text = `${record.name} was not started: ${this.#places.size} agent processes run already. End sessions, or stop a process.`;
    throw new HoldfastError('agentStartFailed', text, { maxProcesses: this.#most });
  }

  #retire(place: Place, reason: string): void {
    this.#places.delete(place);
    const ending = (place.process?.stop(reason) ?? Promise.resolve()).finally(() =>
      this.#endings.delete(ending),
    );
    this.#endings.add(ending);
  }

  #start(agent: ResolvedAgent, environment: Environment): Place {
    this.#makeRoom(agent);
    const { log = silentLog, version = '0' } = this.#options;
    const secrets = this.#options.secrets?.();
    secrets?.addGiven(agent);
    const starting = AcpProcess.start({
      agent,
      secrets,
      env: childEnvironment(environment, agent.env),
      clock: this.#clock,
      log,
      deadlines: { ...DEADLINES, ...this.#options.deadlines },
      grace: { ...STOP_GRACE, ...this.#options.grace },
      version,
      stderr: this.#options.stderr?.(agent.record.id),
      signal: this.#stop.signal,
      onUse: () => this.#rest(place),
    });
    const place: Place = { key: keyOf(agent), agent, starting, secrets, claims: 0 };
    this.#places.add(place);
    const leave = (): void => {
      place.idle?.dispose();
      secrets?.dispose();
      this.#places.delete(place);
    };
    starting.then((started) => {
      place.process = started;
      this.#rest(place);
      void started.exited.then(() => {
        leave();
        const ending = started.stop().finally(() => this.#endings.delete(ending));
        this.#endings.add(ending);
      });
    }, leave);
    return place;
  }

  /**
   * A process that nobody uses is stopped after a while; one that was for a single session, at once; one whose sessions do
   * nothing, where its definition says so and the agent can take them up again. One that is kept warm stays.
   */
  #rest(place: Place): void {
    place.idle?.dispose();
    place.idle = undefined;
    const { process, agent, claims } = place;
    if (process === undefined || !process.isUsable) return;
    if (process.load > 0) place.wasUsed = true;
    if (claims > 0 || process.isBusy) return;
    const { isolate = false, idleMs, warm = false } = agent.record;
    if (process.load === 0) {
      if (place.isStale === true) return this.#retire(place, 'It was started before the sign-in.');
      if (isolate && place.wasUsed === true) return this.#retire(place, 'Its session is over.');
      if (warm) return;
    } else if (idleMs === undefined || !process.canRest) return;
    const wait = idleMs ?? this.#options.idleMs ?? IDLE_MS;
    place.idle = this.#clock.after(wait, () =>
      this.#retire(place, 'It was idle, and was stopped to free its memory.'),
    );
  }

  async #dispose(): Promise<void> {
    this.#stop.abort();
    const ends = [...this.#places].map(async ({ starting }) => {
      // A failed start has cleaned up after itself.
      const started = await starting.catch(() => undefined);
      await started?.stop();
    });
    await Promise.all([...ends, this.#shell?.stop()]);
    await Promise.all(this.#endings);
  }
}

/** Sessions share a process when all that makes one is the same (P1). */
function keyOf({ record, env, mcpServers = {} }: ResolvedAgent): string {
  const { id, command, args, acpVersion, maxLineBytes } = record;
  return JSON.stringify([id, command, args, acpVersion, maxLineBytes, sorted(env), sorted(mcpServers)]);
}

function sorted(values: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
