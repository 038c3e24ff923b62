import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../base/clock.ts';
import { Deferred } from '../../base/deferred.ts';
import { newCommandRunId, type CommandRunId } from '../../protocol/ids.ts';
import { runCommand, type CommandResult } from '../work/commandRun.ts';
import { LastBytes } from '../work/lastBytes.ts';
import type { ProcessTree } from '../work/processTree.ts';
import type { AgentEvent } from './agent.ts';

/** One command of an agent. */
export interface TerminalOptions {
  /** A program, or with no arguments a line for the person's shell: agents send both. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Bytes of output that are kept for the agent. */
  readonly outputLimit: number | undefined;
  readonly clock: Clock;
  emit(event: AgentEvent): void;
}

/** How a command ended, as the agent is told. */
export interface TerminalExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

const USUAL_LIMIT = 1024 * 1024;
const MOST_LIMIT = 16 * 1024 * 1024;

/** One ACP terminal: a command with its output, which stays readable after its end. Owned by `Terminals`. */
export class Terminal {
  readonly terminalId: CommandRunId = newCommandRunId();
  /** Resolves when the command runs, or with why it cannot. */
  readonly started: Promise<string | undefined>;
  readonly exit: Promise<TerminalExit>;
  /** Settles when the command is gone; background children may live on until `end`. */
  readonly ended: Promise<unknown>;
  readonly #output: LastBytes;
  readonly #abort = new AbortController();
  readonly #leftBehind: ProcessTree[] = [];
  #exited: TerminalExit | undefined;

  constructor(options: TerminalOptions) {
    this.#output = new LastBytes(Math.min(options.outputLimit ?? USUAL_LIMIT, MOST_LIMIT));
    const started = new Deferred<string | undefined>();
    this.started = started.promise;
    const result = this.#run(options, started);
    this.ended = result;
    this.exit = result.then(({ exitCode, signal }) => {
      this.#exited = { exitCode: exitCode < 0 ? null : exitCode, signal };
      return this.#exited;
    });
  }

  /** What was printed so far, the oldest left out beyond the limit. */
  output(): { readonly output: string; readonly truncated: boolean; readonly exitStatus?: TerminalExit } {
    const { text, truncated } = this.#output;
    return { output: text, truncated, ...(this.#exited !== undefined && { exitStatus: this.#exited }) };
  }

  /** Ends the command, with all that came from it. Never rejects. */
  async end(): Promise<void> {
    this.#abort.abort();
    await this.ended;
    await Promise.all(this.#leftBehind.splice(0).map((tree) => tree.end({ graceMs: 1000 })));
  }

  async #run(options: TerminalOptions, started: Deferred<string | undefined>): Promise<CommandResult> {
    const { command, args, cwd, env, clock, emit } = options;
    const commandRunId = this.terminalId;
    const shown = [command, ...args].join(' ');
    const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
    const result = await runCommand({
      command,
      ...(args.length > 0 && { args }),
      name: shown,
      cwd,
      env,
      signal: this.#abort.signal,
      clock,
      onStarted: (pid) => {
        emit({ type: 'commandRun.started', commandRunId, command: shown, cwd, pid });
        started.resolve(undefined);
      },
      onBytes: (stream, bytes) => this.#output.push(decoders[stream].write(bytes)),
      onOutput: (stream, text) => emit({ type: 'commandRun.output', commandRunId, stream, text }),
      onLeftBehind: (tree) => this.#leftBehind.push(tree),
    });
    if (!started.settled) started.resolve(result.failure?.message ?? 'the command could not be run');
    else emit({ type: 'commandRun.ended', commandRunId, ...result });
    return result;
  }
}
