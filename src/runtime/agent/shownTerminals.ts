import { newCommandRunId, type CommandRunId } from '../../protocol/ids.ts';
import { BoundedOutput } from '../work/boundedOutput.ts';
import type { AgentEvent } from './agent.ts';
import { BoundedMap } from './boundedMap.ts';
import { loose, textOf } from './loose.ts';

interface Shown {
  readonly commandRunId: CommandRunId;
  /** Absent once it ended: what is over is not held any more. */
  output: BoundedOutput | undefined;
}

/** Terminals that are known, and ids that are only referred to so far: an agent may make as many as it likes (law 7). */
const [MOST_SHOWN, MOST_NAMED] = [500, 2000];

/**
 * Terminals that an agent runs itself and only tells of, shown as command runs like terminals of our own; what a tool call
 * refers to by the agent's id refers to those. An id that nothing is told of stays as it is (A6).
 */
export class ShownTerminals {
  readonly #emit: (event: AgentEvent) => void;
  readonly #shown = new Map<string, Shown>();
  /** Our ids, also of terminals that are only referred to so far. */
  readonly #ids = new BoundedMap<string, CommandRunId>(MOST_NAMED);

  constructor(emit: (event: AgentEvent) => void) {
    this.#emit = emit;
  }

  /** Gives a terminal our id before anything else is told of it. */
  reserve(id: string): CommandRunId {
    const commandRunId = this.#idOf(id) ?? newCommandRunId();
    this.#ids.set(id, commandRunId);
    return commandRunId;
  }

  /** Whether a terminal was told of, and is remembered. */
  isKnown(id: string): boolean {
    return this.#shown.has(id);
  }

  /** A terminal was told of for the first time; one that is known is left as it is. */
  open(id: string, { command, cwd }: { readonly command: string; readonly cwd: string }): void {
    if (this.#shown.has(id)) return;
    const commandRunId = this.reserve(id);
    const output = new BoundedOutput((stream, text) =>
      this.#emit({ type: 'commandRun.output', commandRunId, stream, text }),
    );
    this.#makeRoom();
    this.#shown.set(id, { commandRunId, output });
    this.#emit({ type: 'commandRun.started', commandRunId, command, cwd });
  }

  /** Output of a terminal; that of one that is not known, or over, is nobody's. */
  push(id: string, bytes: Buffer): void {
    this.#shown.get(id)?.output?.push('stdout', bytes);
  }

  end(
    id: string,
    how: { readonly exitCode?: number | undefined; readonly signal?: string | undefined },
  ): void {
    const shown = this.#shown.get(id);
    const output = shown?.output;
    if (shown === undefined || output === undefined) return;
    shown.output = undefined;
    this.#emit({
      type: 'commandRun.ended',
      commandRunId: shown.commandRunId,
      exitCode: how.exitCode ?? -1,
      signal: how.signal ?? null,
      ...output.end(),
    });
  }

  /** A part of a tool call's content, with our id of the terminal that it refers to. */
  renamed(part: unknown): unknown {
    const content = loose(part);
    const id = content['type'] === 'terminal' ? textOf(content['terminalId']) : undefined;
    const terminalId = id === undefined ? undefined : this.#idOf(id);
    return terminalId === undefined ? part : { ...content, terminalId };
  }

  /** The agent is gone: nothing more will be told of what still runs. */
  dispose(): void {
    for (const id of this.#shown.keys()) this.end(id, {});
  }

  #idOf(id: string): CommandRunId | undefined {
    return this.#shown.get(id)?.commandRunId ?? this.#ids.get(id);
  }

  /** Forgets the oldest that is over; where all still run, the oldest, which then ends as far as we know. */
  #makeRoom(): void {
    if (this.#shown.size < MOST_SHOWN) return;
    const all = [...this.#shown];
    const [id] = all.find(([, { output }]) => output === undefined) ?? all[0] ?? [''];
    this.end(id, {});
    this.#shown.delete(id);
  }
}
