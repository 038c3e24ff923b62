import { systemClock, type Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { silentLog, type Log } from '../log.ts';
import { createShellProcess } from '../shell/shellProcess.ts';
import { childEnvironment } from '../work/environment.ts';
import type { Deadlines } from './acpSession.ts';
import type { AgentPool, AgentProcess, ResolvedAgent } from './agent.ts';
import type { StopGrace } from './agentChild.ts';
import { AcpProcess } from './agentProcess.ts';

/** What a pool may be given; times are milliseconds. */
export interface AgentPoolOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  /** What agents and shells inherit; the runtime's own environment unless given. What belongs to the editor is left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly deadlines?: Partial<Deadlines>;
  readonly grace?: Partial<StopGrace>;
  /** How long a process without a session is kept. */
  readonly idleMs?: number;
  /** Our own version, as agents are told. */
  readonly version?: string;
}

/** How long agents may take: generous, since a slow machine is no fault (A9). */
export const DEADLINES: Deadlines = { initialize: 30_000, open: 120_000, configure: 30_000, close: 5000 };
/** Closing stdin is the cleanest end, and some agents need seconds for it. */
export const STOP_GRACE: StopGrace = { stdinMs: 7000, termMs: 2000 };
/** How long a process without a session is kept (P2). */
export const IDLE_MS = 10 * 60_000;

/** A process of the pool, or its start. */
interface Place {
  readonly key: string;
  readonly starting: Promise<AcpProcess>;
  /** For one session only; stopped when that is over. */
  readonly isolated: boolean;
  process?: AcpProcess;
  wasUsed?: boolean;
  idle?: Disposable | undefined;
}

/** Makes the runtime's pool of agent processes: one per definition and environment, the Shell among them. */
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
    if (this.#disposing !== undefined) {
      throw new HoldfastError(
        'agentStartFailed',
        `${agent.record.name} was not started: the runtime is stopping.`,
      );
    }
    if (agent.record.kind === 'shell') return this.#acquireShell();
    // A process that ended in the instant after its start is not handed out; one that always does is no agent.
    for (let attempt = 0; attempt < 2; attempt++) {
      const place = this.#placeFor(agent);
      const process = await place.starting;
      if (!process.isUsable) continue;
      this.#rest(place);
      return process;
    }
    throw new HoldfastError('agentStartFailed', `${agent.record.name} ends as soon as it is started.`);
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  #acquireShell(): AgentProcess {
    this.#shell ??= createShellProcess({ environment: this.#options.environment, clock: this.#clock });
    return this.#shell;
  }

  #placeFor(agent: ResolvedAgent): Place {
    const key = keyOf(agent);
    const shared = [...this.#places].find((place) => place.key === key && place.process?.isUsable !== false);
    return shared === undefined || agent.record.isolate === true ? this.#start(agent, key) : shared;
  }

  #start(agent: ResolvedAgent, key: string): Place {
    const { environment = process.env, log = silentLog, version = '0' } = this.#options;
    const starting = AcpProcess.start({
      agent,
      env: childEnvironment(environment, agent.env),
      clock: this.#clock,
      log,
      deadlines: { ...DEADLINES, ...this.#options.deadlines },
      grace: { ...STOP_GRACE, ...this.#options.grace },
      version,
      signal: this.#stop.signal,
      onUse: () => this.#rest(place),
    });
    const place: Place = { key, starting, isolated: agent.record.isolate === true };
    this.#places.add(place);
    const leave = (): void => {
      place.idle?.dispose();
      this.#places.delete(place);
    };
    starting.then((started) => {
      place.process = started;
      void started.exited.then(() => {
        leave();
        const ending = started.stop().finally(() => this.#endings.delete(ending));
        this.#endings.add(ending);
      });
    }, leave);
    return place;
  }

  /** A process that nobody uses is stopped after a while; one that was for a single session, at once. */
  #rest(place: Place): void {
    place.idle?.dispose();
    place.idle = undefined;
    const { process } = place;
    if (process === undefined || !process.isUsable) return;
    if (process.isUsed) {
      place.wasUsed = true;
      return;
    }
    if (place.isolated && place.wasUsed === true) return void process.stop();
    place.idle = this.#clock.after(this.#options.idleMs ?? IDLE_MS, () => void process.stop());
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
function keyOf({ record, env }: ResolvedAgent): string {
  const { id, command, args } = record;
  return JSON.stringify([id, command, args, Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
