import path from 'node:path';
import { RequestError } from '@agentclientprotocol/sdk';
import type { Clock } from '../../base/clock.ts';
import { childEnvironment } from '../work/environment.ts';
import type { AgentEvent } from './agent.ts';
import { listOf, loose, numberOf, textOf, type Loose } from './loose.ts';
import { Terminal } from './terminal.ts';

/** What the terminals of a session are made with. */
export interface TerminalsOptions {
  readonly cwd: string;
  /** The environment that commands start from: the agent's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  emit(event: AgentEvent): void;
}

/** So many terminals that run at once are enough for one session. */
const MOST_RUNNING = 64;

/**
 * The commands that an agent runs through us (A6). Each is shown as a command run whose id is the terminal's, so that the tool
 * call that refers to it can show it, live and also after its release. Owned by the ACP session.
 */
export class Terminals {
  readonly #options: TerminalsOptions;
  /** Those the agent may still name. */
  readonly #named = new Map<string, Terminal>();
  readonly #running = new Set<Terminal>();
  #disposed = false;

  constructor(options: TerminalsOptions) {
    this.#options = options;
  }

  /** Whether a command runs. */
  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  async create(params: Loose): Promise<{ readonly terminalId: string }> {
    if (this.#disposed) throw RequestError.invalidRequest(undefined, 'the session was closed');
    if (this.#running.size >= MOST_RUNNING)
      throw RequestError.invalidRequest(undefined, `${MOST_RUNNING} terminals run already`);
    const command = textOf(params['command']) ?? '';
    if (command.trim() === '') throw RequestError.invalidParams(undefined, 'command must be a text');
    const { cwd, env, clock, emit } = this.#options;
    const terminal = new Terminal({
      command,
      args: listOf(params['args']).filter((arg) => typeof arg === 'string'),
      cwd: path.resolve(cwd, textOf(params['cwd']) ?? '.'),
      env: childEnvironment(env, variables(params['env'])),
      outputLimit: numberOf(params['outputByteLimit']),
      clock,
      emit,
    });
    this.#running.add(terminal);
    void terminal.ended.then(() => this.#running.delete(terminal));
    this.#named.set(terminal.terminalId, terminal);
    const failure = await terminal.started;
    if (failure === undefined) return { terminalId: terminal.terminalId };
    this.#named.delete(terminal.terminalId);
    throw RequestError.internalError(undefined, failure);
  }

  output(params: Loose): Loose {
    return this.#get(params).output();
  }

  async waitForExit(params: Loose): Promise<Loose> {
    return { ...(await this.#get(params).exit) };
  }

  /** Ends the command; the terminal can still be asked. */
  kill(params: Loose): Record<string, never> {
    void this.#get(params).end();
    return {};
  }

  /** Ends the command and forgets the id; what was shown stays. */
  release(params: Loose): Record<string, never> {
    const terminal = this.#get(params);
    this.#named.delete(terminal.terminalId);
    void terminal.end();
    return {};
  }

  /** Ends all that runs: the turn it belongs to is cancelled. */
  endRunning(): void {
    for (const terminal of this.#running) void terminal.end();
  }

  /** Ends everything, with what it left in the background. Never rejects. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all(
      [...new Set([...this.#named.values(), ...this.#running])].map((terminal) => terminal.end()),
    );
    this.#named.clear();
  }

  #get(params: Loose): Terminal {
    const terminalId = textOf(params['terminalId']) ?? '';
    const terminal = this.#named.get(terminalId);
    if (terminal === undefined) throw RequestError.resourceNotFound(terminalId);
    return terminal;
  }
}

function variables(list: unknown): Record<string, string> {
  return Object.fromEntries(
    listOf(list).flatMap((entry) => {
      const { name, value } = loose(entry);
      return typeof name === 'string' && typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
