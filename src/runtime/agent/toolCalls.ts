import { newToolCallId, type ToolCallId } from '../../protocol/ids.ts';
import {
  locationSchema,
  toolCallContentSchema,
  toolKindSchema,
  toolStatusSchema,
  type ToolCallFields,
  type ToolStatus,
} from '../../protocol/toolCall.ts';
import type { AgentEvent } from './agent.ts';
import { BoundedMap } from './boundedMap.ts';
import { readable, textOf, type Loose } from './loose.ts';

/** Calls of which more may be told; the oldest are forgotten (law 7). */
const MOST_CALLS = 5000;

interface Call {
  readonly toolCallId: ToolCallId;
  /** The turn it was announced in. */
  readonly turn: number;
  ended: boolean;
  title: string;
  /** The files that it works on, as the agent spells them; the last said. */
  paths: readonly string[];
}

/** A tool call as the rest of the runtime knows it. */
export type KnownCall = Readonly<Pick<Call, 'toolCallId' | 'title'>>;

/**
 * The tool calls of one session. ACP tells of one in any order: an update can come before its announcement, a permission
 * request can be the first that is heard of it, and some agents use an id again in a later turn. Ours are unique.
 */
export class ToolCalls {
  readonly #emit: (event: AgentEvent) => void;
  readonly #calls = new BoundedMap<string, Call>(MOST_CALLS);
  #turn = 0;

  constructor(emit: (event: AgentEvent) => void) {
    this.#emit = emit;
  }

  turnStarted(): void {
    this.#turn++;
  }

  /** Whether an update would be the first that is heard of its call. */
  isNew(update: Loose): boolean {
    const call = this.#calls.get(textOf(update['toolCallId']) ?? '');
    return call === undefined || this.#isUsedAgain(call, update);
  }

  /** Whether a call is known, and over. */
  isOver(id: string): boolean {
    return this.#calls.get(id)?.ended === true;
  }

  /**
   * Takes an announcement, an update, or the call that a permission request is about. Gives what is known of it;
   * `undefined` when the agent named none.
   */
  upsert(update: Loose): KnownCall | undefined {
    const id = textOf(update['toolCallId']);
    if (id === undefined || id === '') return undefined;
    const known = this.isNew(update) ? undefined : this.#calls.get(id);
    const fields = fieldsOf(update);
    if (known !== undefined) {
      known.title = fields.title ?? known.title;
      this.#change(known, fields);
      return known;
    }
    const title = fields.title ?? textOf(update['name']) ?? 'Tool call';
    const call: Call = { toolCallId: newToolCallId(), turn: this.#turn, ended: false, title, paths: [] };
    this.#calls.set(id, call);
    this.#announce(call, fields);
    return call;
  }

  /** The latest call that is not over and works on a file. */
  touching(file: string): KnownCall | undefined {
    return [...this.#calls.values()].findLast(({ ended, paths }) => !ended && paths.includes(file));
  }

  /** Only an announcement begins a call anew, and only when the one before is over since an earlier turn. */
  #isUsedAgain(call: Call, update: Loose): boolean {
    return update['sessionUpdate'] === 'tool_call' && call.ended && call.turn !== this.#turn;
  }

  #announce(call: Call, { status = 'pending', kind = 'other', ...fields }: ToolCallFields): void {
    const { toolCallId, title } = call;
    noteFiles(call, fields);
    const ended = isOver(status);
    const shown = ended ? 'in_progress' : status;
    this.#emit({ type: 'toolCall.started', toolCallId, kind, ...fields, title, status: shown });
    if (ended) this.#end(call, { status });
  }

  #change(call: Call, fields: ToolCallFields): void {
    const { status, ...rest } = fields;
    noteFiles(call, fields);
    const over = isOver(status);
    if (over && !call.ended) return this.#end(call, { ...rest, status });
    // What is over does not begin again: a late "in progress" says nothing.
    const change = call.ended && !over ? rest : fields;
    if (Object.keys(change).length > 0)
      this.#emit({ type: 'toolCall.updated', toolCallId: call.toolCallId, ...change });
  }

  #end(call: Call, fields: ToolCallFields & { readonly status: ToolStatus }): void {
    call.ended = true;
    this.#emit({ type: 'toolCall.ended', toolCallId: call.toolCallId, ...fields });
  }
}

function isOver(status: ToolStatus | undefined): status is 'completed' | 'failed' | 'cancelled' {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

function noteFiles(call: Call, { locations, content }: ToolCallFields): void {
  const diffs = content?.flatMap((part) => (part.type === 'diff' ? [part.path] : [])) ?? [];
  const paths = [...(locations ?? []).map(({ path }) => path), ...diffs];
  if (paths.length > 0) call.paths = paths;
}

/** The fields that an update gives, without those that are absent, `null` or unreadable: they leave unchanged what was. */
function fieldsOf(update: Loose): ToolCallFields {
  const status = toolStatusSchema.safeParse(update['status']);
  const { content, locations, rawInput, rawOutput } = update;
  const fields: ToolCallFields = {
    title: textOf(update['title']),
    kind: typeof update['kind'] === 'string' ? toolKindSchema.parse(update['kind']) : undefined,
    status: status.success ? status.data : undefined,
    locations: Array.isArray(locations) ? readable(locations, locationSchema) : undefined,
    content: Array.isArray(content) ? readable(content, toolCallContentSchema) : undefined,
    rawInput: rawInput ?? undefined,
    rawOutput: rawOutput ?? undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
