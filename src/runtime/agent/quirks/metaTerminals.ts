import { newCommandRunId, type CommandRunId } from '../../../protocol/ids.ts';
import { BoundedOutput } from '../../work/boundedOutput.ts';
import type { AgentEvent } from '../agent.ts';
import { listOf, loose, numberOf, textOf, type Loose } from '../loose.ts';

interface Shown {
  readonly commandRunId: CommandRunId;
  readonly output: BoundedOutput;
  ended: boolean;
}

/**
 * Reason: agents that run commands themselves (Claude Code, Codex) refer to terminals that we never made, and tell their
 * output in the `_meta` of tool call updates: `terminal_info`, `terminal_output`, `terminal_exit`. Shown as command runs, like
 * terminals of our own, and the tool call refers to those. An id that nothing is told of stays as it is (A6).
 */
export class MetaTerminals {
  readonly #emit: (event: AgentEvent) => void;
  readonly #cwd: string;
  readonly #shown = new Map<string, Shown>();

  constructor(emit: (event: AgentEvent) => void, cwd: string) {
    this.#emit = emit;
    this.#cwd = cwd;
  }

  /** Takes what a tool call update tells of terminals; gives the update as the rest should see it. */
  update(update: Loose): Loose {
    const meta = loose(update['_meta']);
    const info = loose(meta['terminal_info']);
    const opened = textOf(info['terminal_id']);
    if (opened !== undefined) this.#open(opened, update, info);
    for (const key of ['terminal_output', 'terminal_output_delta']) {
      const { terminal_id: id, data } = loose(meta[key]);
      const shown = this.#shown.get(textOf(id) ?? '');
      if (shown?.ended === false && typeof data === 'string') shown.output.push('stdout', Buffer.from(data));
    }
    const exit = loose(meta['terminal_exit']);
    const shown = this.#shown.get(textOf(exit['terminal_id']) ?? '');
    if (shown !== undefined) this.#end(shown, exit);
    return Array.isArray(update['content'])
      ? { ...update, content: update['content'].map((part) => this.#renamed(part)) }
      : update;
  }

  /** The agent is gone: nothing more will be told of what still runs. */
  dispose(): void {
    for (const shown of this.#shown.values()) this.#end(shown, {});
  }

  #open(id: string, update: Loose, info: Loose): void {
    if (this.#shown.has(id)) return;
    const commandRunId = newCommandRunId();
    const output = new BoundedOutput((stream, text) =>
      this.#emit({ type: 'commandRun.output', commandRunId, stream, text }),
    );
    this.#shown.set(id, { commandRunId, output, ended: false });
    const input = loose(update['rawInput']);
    const command = textOf(input['command']) ?? listOf(input['command']).join(' ');
    const named = command === '' ? (textOf(update['title']) ?? 'Terminal') : command;
    const cwd = textOf(info['cwd']) ?? this.#cwd;
    this.#emit({ type: 'commandRun.started', commandRunId, command: named, cwd });
  }

  #end(shown: Shown, exit: Loose): void {
    if (shown.ended) return;
    shown.ended = true;
    const { commandRunId, output } = shown;
    const exitCode = numberOf(exit['exit_code']) ?? -1;
    this.#emit({
      type: 'commandRun.ended',
      commandRunId,
      exitCode,
      signal: textOf(exit['signal']) ?? null,
      ...output.end(),
    });
  }

  #renamed(part: unknown): unknown {
    const content = loose(part);
    const shown =
      content['type'] === 'terminal' ? this.#shown.get(textOf(content['terminalId']) ?? '') : undefined;
    return shown === undefined ? part : { ...content, terminalId: shown.commandRunId };
  }
}
