import type { ToolCallId, CommandRunId } from '../protocol/ids.ts';
import type { ToolCallFields } from '../protocol/toolCall.ts';
import type { AgentEvent } from './agent/agent.ts';

/** Tool calls whose fields are kept at once; more are closed with their turn all the same. */
const MOST_DETAILED = 500;

/** What is known of an unfinished tool call. */
export type CallDetails = Pick<ToolCallFields, 'title' | 'kind' | 'locations' | 'rawInput'> & {
  /** Files that its diffs touch. */
  readonly paths?: readonly string[];
};

/** A command that runs. */
export interface RunningCommand {
  readonly command: string;
  readonly pid?: number | undefined;
}

/** What the running turn has open: tool calls and commands. Owned by the session's turns; begins anew with each turn. */
export class TurnActivity {
  readonly #calls = new Map<ToolCallId, CallDetails>();
  readonly #runs = new Map<CommandRunId, RunningCommand>();

  saw(event: AgentEvent): void {
    switch (event.type) {
      case 'toolCall.started':
      case 'toolCall.updated':
        return this.#call(event.toolCallId, event, event.type === 'toolCall.started');
      case 'toolCall.ended':
        return void this.#calls.delete(event.toolCallId);
      case 'commandRun.started':
        return void this.#runs.set(event.commandRunId, { command: event.command, pid: event.pid });
      case 'commandRun.ended':
        return void this.#runs.delete(event.commandRunId);
      default:
    }
  }

  /** A command that runs got its process. */
  pid(commandRunId: CommandRunId, pid: number): void {
    const run = this.#runs.get(commandRunId);
    if (run !== undefined) this.#runs.set(commandRunId, { ...run, pid });
  }

  call(toolCallId: ToolCallId): CallDetails | undefined {
    return this.#calls.get(toolCallId);
  }

  get calls(): ReadonlyMap<ToolCallId, CallDetails> {
    return this.#calls;
  }

  get commands(): Iterable<RunningCommand> {
    return this.#runs.values();
  }

  clear(): void {
    this.#calls.clear();
    this.#runs.clear();
  }

  #call(toolCallId: ToolCallId, fields: ToolCallFields, starts: boolean): void {
    const known = this.#calls.get(toolCallId);
    // What is over and spoken of again is not open again.
    if (known === undefined && !starts) return;
    if (known === undefined && this.#calls.size >= MOST_DETAILED) return void this.#calls.set(toolCallId, {});
    const { title, kind, locations, rawInput, content } = fields;
    const paths = content?.flatMap((part) => (part.type === 'diff' ? [part.path] : []));
    const given = Object.entries({ title, kind, locations, rawInput, paths }).filter(
      ([, value]) => value !== undefined,
    );
    this.#calls.set(toolCallId, { ...known, ...Object.fromEntries(given) });
  }
}
