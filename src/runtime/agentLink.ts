import { errorText } from '../base/errorText.ts';
import { Deferred } from '../base/deferred.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { McpServers } from '../protocol/agentDefinition.ts';
import type { ContentBlock } from '../protocol/content.ts';
import { HoldfastError, isHoldfastError } from '../protocol/errors.ts';
import type { Head } from '../protocol/head.ts';
import type {
  AgentExit,
  AgentHost,
  AgentPool,
  AgentProcess,
  AgentSession,
  ResolvedAgent,
  Steering,
} from './agent/agent.ts';
import type { TextFiles } from './agent/clientFiles.ts';
import type { SignInNeeded } from './agents/signIns.ts';

/** What the link needs of its session. */
export interface LinkOwner {
  head(): Head;
  readonly host: AgentHost;
  /** The definition to start, with its environment; throws when it can no longer be had. */
  resolve(): ResolvedAgent;
  /** Environment and MCP servers of the session itself; throws when values are missing after a restart. */
  values(): { readonly env: Readonly<Record<string, string>>; readonly mcpServers: McpServers };
  /** What must not be seen of both. */
  secrets(): ReadonlySet<string>;
  /** What its agent reads and writes, from before it is started until it is gone. */
  files(): TextFiles & Disposable;
  /** Resolves when the person has signed in to the agent; rejects with what it answered otherwise. */
  signIn(needed: SignInNeeded): Promise<void>;
  onStarted(process: AgentProcess, session: AgentSession): void;
  /** The agent could not be started or could not open the session. */
  onFailed(error: unknown): void;
  /** The process ended unasked while it hosted this session. */
  onLost(process: AgentProcess, exit: AgentExit): void;
}

interface Live {
  readonly process: AgentProcess;
  readonly session: AgentSession;
  readonly files: Disposable;
  readonly lost: Deferred<void>;
}

/** How long a failed request waits for the news that its process is gone, in milliseconds. */
const LOSS_MS = 2000;

/**
 * A session's hold on its agent: none, being opened, or live. Opening happens once for all that wait for it; a process
 * that died is let go of, and the next need opens another. Owned by the session.
 */
export class AgentLink {
  readonly #pool: AgentPool;
  readonly #clock: Clock;
  readonly #owner: LinkOwner;
  #opening: { readonly promise: Promise<AgentSession>; readonly abort: AbortController } | undefined;
  #live: Live | undefined;
  #closed = false;

  constructor(pool: AgentPool, clock: Clock, owner: LinkOwner) {
    this.#pool = pool;
    this.#clock = clock;
    this.#owner = owner;
  }

  get live(): AgentSession | undefined {
    return this.#live?.session;
  }

  /** The process that hosts the session now. */
  get process(): AgentProcess | undefined {
    return this.#live?.process;
  }

  /** The agent's session, opened if need be. Rejects with what `onFailed` was told. */
  ensure(): Promise<AgentSession> {
    if (this.#live !== undefined) return Promise.resolve(this.#live.session);
    if (this.#opening !== undefined) return this.#opening.promise;
    const abort = new AbortController();
    const promise = this.#open(abort.signal).finally(() => {
      if (this.#opening?.abort === abort) this.#opening = undefined;
    });
    this.#opening = { promise, abort };
    return promise;
  }

  /** Resolves when the loss of the process has been told, bounded; at once when the process lives. */
  async lossTold(): Promise<void> {
    const live = this.#live;
    if (live === undefined || live.process.isUsable) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(LOSS_MS, resolve);
      void live.lost.promise.then(() => {
        timer.dispose();
        resolve();
      });
    });
  }

  /**
   * Does something with the agent. When that asks the person to sign in, it is done once more after they did, so that nothing
   * they sent is lost (A7).
   */
  async signedIn<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const live = this.#live;
      if (!isHoldfastError(error, 'signInRequired') || live === undefined) throw error;
      const { host } = this.#owner;
      await this.#owner.signIn({ error, process: live.process, agent: this.#owner.resolve(), host, signal });
      if (live.process.isStale === true) await this.close();
      return act();
    }
  }

  /** More of what was given is secret: its process knows for when this session is gone (C5). */
  conceal(): void {
    this.#live?.process.conceal?.(this.#owner.secrets());
  }

  /** Whether the agent's running work can be given something (T2). */
  get canSteer(): boolean {
    return this.#live?.session.steer !== undefined;
  }

  /** Gives the agent's running work something. What is not known of it because its process is lost is told after the loss itself. */
  steer(content: readonly ContentBlock[]): Steering | undefined {
    const steering = this.#live?.session.steer?.(content);
    if (steering === undefined) return undefined;
    return {
      taken: steering.taken.then(async (taken) => {
        if (taken.how === 'unknown') await this.lossTold();
        return taken;
      }),
      withdraw: () => steering.withdraw(),
      stop: () => steering.stop(),
      ended: async () => {
        try {
          return await steering.ended();
        } catch (error) {
          await this.lossTold();
          throw error;
        }
      },
    };
  }

  /** Stops reading what the agent says, with all that its process hosts, until `resume` (law 9). */
  pause(): void {
    this.#live?.process.pause?.();
  }

  /** Reads on. */
  resume(): void {
    this.#live?.process.resume?.();
  }

  /**
   * Lets the agent's session go: what is being opened is abandoned, what is live is closed. With `forget`, an agent that is
   * live also forgets the conversation. Never rejects.
   */
  async close({ forget = false }: { readonly forget?: boolean } = {}): Promise<void> {
    const { live, opening } = { live: this.#live, opening: this.#opening };
    this.#live = undefined;
    this.#opening = undefined;
    opening?.abort.abort();
    if (live === undefined) return;
    live.files.dispose();
    await (forget && live.session.remove !== undefined ? live.session.remove() : live.session.close());
  }

  /** Closes for good. */
  dispose(): Promise<void> {
    this.#closed = true;
    return this.close();
  }

  async #open(signal: AbortSignal): Promise<AgentSession> {
    // Before the agent is there: what is unsaved is known by the time that it asks.
    const files = this.#owner.files();
    try {
      const process = await this.#acquire();
      try {
        return await this.#openIn(process, files, signal);
      } catch (error) {
        if (!isHoldfastError(error, 'signInRequired')) throw error;
        const { host } = this.#owner;
        await this.#owner.signIn({ error, process, agent: this.#owner.resolve(), host, signal });
        return await this.#openIn(await this.#acquire(), files, signal);
      }
    } catch (error) {
      files.dispose();
      if (!signal.aborted && !this.#closed) this.#owner.onFailed(error);
      throw error;
    }
  }

  #acquire(): Promise<AgentProcess> {
    const { record, env: agentEnv, mcpServers: agents } = this.#owner.resolve();
    const { env, mcpServers } = this.#owner.values();
    // A process has one environment: a session with its own shares a process only with sessions that have the same.
    return this.#pool.acquire({
      record,
      env: { ...agentEnv, ...env },
      mcpServers: { ...agents, ...mcpServers },
      secrets: this.#owner.secrets(),
    });
  }

  async #openIn(
    process: AgentProcess,
    files: TextFiles & Disposable,
    signal: AbortSignal,
  ): Promise<AgentSession> {
    const head = this.#owner.head();
    const { mcpServers: agents } = this.#owner.resolve();
    const { env, mcpServers: own } = this.#owner.values();
    const session = await process.open({
      sessionId: head.sessionId,
      cwd: head.cwd,
      additionalDirectories: head.additionalDirectories,
      env,
      mcpServers: { ...agents, ...own },
      files,
      previous: head.agentSessionId,
      adopt: head.adopts,
      forkOf: head.forkedFrom?.agentSessionId,
      host: this.#owner.host,
      signal,
    });
    const isNew = head.agentSessionId === undefined && session.how === 'new';
    const isOver = (): boolean => signal.aborted || this.#closed;
    if (isNew && !isOver()) await this.#begin(session);
    if (isOver()) {
      await session.close();
      throw new HoldfastError('interrupted', 'the session was closed while its agent started');
    }
    this.#hold({ process, session, files, lost: new Deferred() });
    return session;
  }

  /** Sets what the agent's definition says new sessions begin with; an agent that does not take it is told of. */
  async #begin(session: AgentSession): Promise<void> {
    const { host, resolve } = this.#owner;
    const { mode, model, name } = resolve().record;
    for (const [what, setting] of Object.entries({ mode, model })) {
      if (setting === undefined) continue;
      await session.configure({ [what]: setting }).catch((error: unknown) => {
        const text = `${name} did not begin in the ${what} “${setting}” that its definition asks for: ${errorText(error)}`;
        host.emit({ type: 'notice', level: 'warning', text });
      });
    }
  }

  #hold(live: Live): void {
    const { process, session, files } = live;
    this.#live = live;
    this.#owner.onStarted(process, session);
    void process.exited.then((exit) => {
      files.dispose();
      if (this.#live === live) {
        this.#live = undefined;
        this.#owner.onLost(process, exit);
      }
      live.lost.resolve();
    });
  }
}
