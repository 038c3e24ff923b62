import type { AgentEvent } from '../agent.ts';
import { listOf, loose, numberOf, textOf, type Loose } from '../loose.ts';
import { ShownTerminals } from '../shownTerminals.ts';

/**
 * Reason: agents of ACP v1 that run commands themselves (Claude Code, Codex) refer to terminals that we never made, and tell
 * their output in the `_meta` of tool call updates: `terminal_info`, `terminal_output`, `terminal_exit`.
 */
export class MetaTerminals {
  readonly #cwd: string;
  readonly #shown: ShownTerminals;

  constructor(emit: (event: AgentEvent) => void, cwd: string) {
    this.#cwd = cwd;
    this.#shown = new ShownTerminals(emit);
  }

  /** Takes what a tool call update tells of terminals; gives the update as the rest should see it. */
  update(update: Loose): Loose {
    const meta = loose(update['_meta']);
    const info = loose(meta['terminal_info']);
    const opened = textOf(info['terminal_id']);
    if (opened !== undefined) this.#open(opened, update, info);
    for (const key of ['terminal_output', 'terminal_output_delta']) {
      const { terminal_id: id, data } = loose(meta[key]);
      if (typeof data === 'string') this.#shown.push(textOf(id) ?? '', Buffer.from(data));
    }
    const exit = loose(meta['terminal_exit']);
    const { exit_code: code, signal } = exit;
    this.#shown.end(textOf(exit['terminal_id']) ?? '', { exitCode: numberOf(code), signal: textOf(signal) });
    return Array.isArray(update['content'])
      ? { ...update, content: update['content'].map((part) => this.#shown.renamed(part)) }
      : update;
  }

  /** The agent is gone: nothing more will be told of what still runs. */
  dispose(): void {
    this.#shown.dispose();
  }

  #open(id: string, update: Loose, info: Loose): void {
    const input = loose(update['rawInput']);
    const given = textOf(input['command']) ?? listOf(input['command']).join(' ');
    const command = given === '' ? (textOf(update['title']) ?? 'Terminal') : given;
    this.#shown.open(id, { command, cwd: textOf(info['cwd']) ?? this.#cwd });
  }
}
