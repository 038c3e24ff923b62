import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { Deferred } from '../../base/deferred.ts';
import { letGo, oneATurn, quiet } from '../work/drain.ts';
import { ProcessTree, type ProcessMark } from '../work/processTree.ts';
import { treeStarting } from '../work/startedTrees.ts';
import { Valve, type Held } from '../work/valve.ts';
import type { AgentExit } from './agent.ts';
import { commandLine } from '../work/commandLine.ts';
import { settledWithin } from './settledWithin.ts';

/** What an agent is started with. */
export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The process's own directory; sessions have theirs. */
  readonly cwd: string;
  readonly clock: Clock;
  readonly grace: StopGrace;
  /** Is told all that it writes to stderr. */
  readonly stderr?: StderrSink | undefined;
}

/** Who takes what a process writes to stderr. */
export interface StderrSink {
  push(text: string): void;
  /** Nothing more comes. */
  end(): void;
}

/** How long each step of the stop ladder waits, in milliseconds. */
export interface StopGrace {
  /** From closing stdin to SIGTERM. */
  readonly stdinMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly termMs: number;
}

const STDERR_TAIL = 8 * 1024;

/**
 * An agent's operating system process with all that comes from it (law 11): its own group, a stop ladder, the tail of
 * its stderr. Knows nothing of ACP. Owned by the agent process.
 */
export class AgentChild {
  /** Settles when the process is gone and its last output was taken in. */
  readonly exited: Promise<AgentExit>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #options: ChildOptions;
  readonly #tree: ProcessTree;
  readonly #valve = new Valve();
  readonly #held: Held;
  #stderr = '';
  #expected = false;
  #reason: string | undefined;
  #ending: Promise<boolean> | undefined;
  #halting: Promise<void> | undefined;

  /** Starts a program. Rejects with the system's own error (`ENOENT`, `EACCES` …) when it cannot be run. */
  static async start(options: ChildOptions): Promise<AgentChild> {
    const { file, args, verbatim } = commandLine(options.command, options.args, options.env);
    const starting = treeStarting();
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...options.env, ...starting.env },
      stdio: 'pipe',
      detached: process.platform !== 'win32',
      windowsHide: true,
      windowsVerbatimArguments: verbatim,
    });
    const failed = new Deferred<never>();
    child.on('error', (error) => failed.reject(error));
    // A process that ended is told of by `exited`; what is written to it after that is lost, and that is all.
    child.stdin.on('error', () => undefined);
    try {
      if (child.pid === undefined) return failed.promise;
      failed.promise.catch(() => undefined);
      return new AgentChild(child, child.pid, options);
    } finally {
      starting.settle();
    }
  }

  private constructor(child: ChildProcessWithoutNullStreams, pid: number, options: ChildOptions) {
    this.#child = child;
    this.#options = options;
    this.#tree = new ProcessTree(pid, options.clock);
    const decoder = new StringDecoder('utf8');
    const hear = (bytes: Buffer): void => {
      const text = decoder.write(bytes);
      options.stderr?.push(text);
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
      oneATurn(child.stderr);
    };
    child.stderr.on('data', hear);
    const exit = new Deferred<AgentExit>();
    this.exited = exit.promise;
    this.#held = this.#valve.hold([child.stdout]);
    child.on('exit', (exitCode, signal) => {
      const last = (): void => {
        // What is still there and writes is no part of it any more.
        child.stderr.off('data', hear);
        for (const stream of [child.stdout, child.stderr]) letGo(stream, options.clock);
        options.stderr?.end();
        const reason = this.#reason === undefined ? {} : { reason: this.#reason };
        exit.resolve({ exitCode, signal, stderrTail: this.#stderr, expected: this.#expected, ...reason });
        void this.#end();
      };
      // What it said last stands in its pipe for as long as nobody may read it.
      const drained = this.#held.opened().then(() => quiet([child.stdout, child.stderr], options.clock));
      void drained.then(last);
    });
  }

  get pid(): number {
    return this.#tree.root;
  }

  /** For a record from which a later runtime can end what is left. */
  get mark(): ProcessMark | undefined {
    return this.#tree.mark;
  }

  get stdin(): Writable {
    return this.#child.stdin;
  }

  get stdout(): Readable {
    return this.#child.stdout;
  }

  /** Stops reading stdout: the pipe fills, and the process waits. */
  pause(): void {
    this.#valve.shut();
  }

  resume(): void {
    this.#valve.open();
  }

  get stderrTail(): string {
    return this.#stderr;
  }

  /** Closes stdin, then SIGTERM, then SIGKILL, on the whole group and what escaped it. Resolves when all is gone. Never rejects. */
  stop(reason?: string): Promise<void> {
    this.#expected = true;
    this.#reason ??= reason;
    return this.abandon();
  }

  /** As `stop`, for a process that is of no use any more, for a reason: its end is not one that was wanted. */
  abandon(reason?: string): Promise<void> {
    this.#reason ??= reason;
    this.#held.release();
    this.#halting ??= this.#halt();
    return this.#halting;
  }

  async #halt(): Promise<void> {
    const { grace, clock } = this.#options;
    // Seen now, descendants stay known when the agent's own end makes orphans of them.
    await this.#tree.look().catch(() => undefined);
    this.#child.stdin.end();
    await settledWithin(this.exited, grace.stdinMs, clock);
    await this.#end();
    await this.exited;
  }

  #end(): Promise<boolean> {
    this.#ending ??= this.#tree.end({ graceMs: this.#options.grace.termMs });
    return this.#ending;
  }
}
