import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import type { Mention } from '../protocol/composer.ts';
import type { ContentBlock } from '../protocol/content.ts';
import { plainOutput } from './plainOutput.ts';

/** Characters that are kept of what a command printed: its end. */
const MOST_TEXT = 50_000;
/** Terminals that can be mentioned, those used last first. */
const MOST_TERMINALS = 20;

/** The last command of a terminal. */
interface LastCommand {
  readonly number: number;
  readonly command: string;
  /** As it was printed, with the terminal's own codes. */
  output: string;
  /** Characters that are gone from its beginning. */
  omitted: number;
  /** Absent while it runs. */
  exitCode?: number | undefined;
  isOver: boolean;
}

/**
 * The last command of each terminal of the editor, and the end of what it printed, where the shell tells the editor of its
 * commands (shell integration): VS Code gives that of no other. In memory alone. Owned by the chat pages’ parts.
 */
export class TerminalOutputs implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #last = new Map<vscode.Terminal, LastCommand>();
  readonly #running = new WeakMap<vscode.TerminalShellExecution, LastCommand>();
  #count = 0;

  constructor() {
    this.#owned.add(
      vscode.window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
        void this.#follow(terminal, execution);
      }),
    );
    this.#owned.add(
      vscode.window.onDidEndTerminalShellExecution(({ execution, exitCode }) => {
        const last = this.#running.get(execution);
        if (last === undefined) return;
        last.isOver = true;
        last.exitCode = exitCode;
      }),
    );
    this.#owned.add(vscode.window.onDidCloseTerminal((terminal) => this.#last.delete(terminal)));
  }

  dispose(): void {
    this.#owned.dispose();
    this.#last.clear();
  }

  /** Terminals whose last command can be mentioned, the one used last first. */
  mentions(): Mention[] {
    const names = new Map<string, number>();
    return [...this.#last].toReversed().map(([terminal, { number, command }]) => {
      const name = terminal.name.replaceAll(/\s+/gu, '-');
      const same = (names.get(name) ?? 0) + 1;
      names.set(name, same);
      return {
        kind: 'terminal' as const,
        name: `terminal:${name}${same === 1 ? '' : `-${same}`}`,
        detail: command,
        uri: `terminal:/${number}`,
      };
    });
  }

  /** What the last command of a terminal printed; nothing once another one runs there, or the terminal is gone. */
  content(address: string): ContentBlock | undefined {
    const last = [...this.#last.values()].find(({ number }) => `terminal:/${number}` === address);
    if (last === undefined) return undefined;
    const { command, output, omitted, isOver, exitCode } = last;
    const left = omitted === 0 ? [] : [`[${omitted} characters before this are left out]`];
    const end = isOver ? (exitCode === undefined ? [] : [`[exit code ${exitCode}]`]) : ['[still running]'];
    const text = [`$ ${command}`, ...left, plainOutput(output), ...end].join('\n');
    return { type: 'resource', resource: { uri: address, mimeType: 'text/plain', text } };
  }

  async #follow(terminal: vscode.Terminal, execution: vscode.TerminalShellExecution): Promise<void> {
    const command = execution.commandLine.value;
    const last: LastCommand = { number: ++this.#count, command, output: '', omitted: 0, isOver: false };
    this.#running.set(execution, last);
    // The one used last comes last.
    this.#last.delete(terminal);
    this.#last.set(terminal, last);
    for (const oldest of [...this.#last.keys()].slice(0, -MOST_TERMINALS)) this.#last.delete(oldest);
    for await (const data of execution.read()) {
      const whole = last.output + data;
      const beyond = Math.max(0, whole.length - MOST_TEXT);
      last.omitted += beyond;
      last.output = whole.slice(beyond);
      if (this.#last.get(terminal) !== last) return;
    }
  }
}
