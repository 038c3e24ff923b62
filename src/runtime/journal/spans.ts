import { createHash } from 'node:crypto';
import type { Envelope, KnownEvent } from '../../protocol/events.ts';
import type { ItemId, TurnId } from '../../protocol/ids.ts';
import {
  foldItem,
  itemIdOf,
  type CommandRunItem,
  type Item,
  type MessageItem,
  type ToolCallItem,
} from '../../protocol/items.ts';

/** A span of envelopes, and the one that can stand for them (law 1). */
export interface Span {
  readonly from: number;
  readonly seq: number;
  readonly envelope: Envelope;
  readonly json: string;
  /** A content that the envelope refers to. */
  readonly blob?: { readonly sha256: string; readonly data: Uint8Array } | undefined;
}

/** A row of the journal, in its order. */
export interface SpanRow {
  readonly envelope: Envelope;
  /** Length of its text in UTF-8. */
  readonly bytes: number;
}

/** Envelopes of one row of the transcript that follow each other with nothing between. */
interface Run {
  readonly id: ItemId;
  readonly first: Envelope;
  /** Whether the row was made in it. */
  readonly made: boolean;
  seq: number;
  latest: number;
  rows: number;
  bytes: number;
  output: string[];
}

/**
 * Finds what can be compacted in a session's settled turns: runs of envelopes that concern one message, tool call or command
 * and follow each other directly. What stands for a run sets the row to what it was at the run's end, so that a client
 * converges from wherever in the run it had come to. Pure; is fed all rows from before a turn on, in order.
 */
export class SpanFinder {
  readonly #items = new Map<ItemId, Item>();
  /** What a row's event last weighed: a long row that many runs touch is not written out for each. */
  readonly #weights = new Map<ItemId, number>();
  #turnId: TurnId | undefined;
  #run: Run | undefined;

  /** Takes the next row; gives the span that ended before it, if it is worth replacing. */
  feed({ envelope, bytes }: SpanRow): Span | undefined {
    const { event } = envelope;
    const id = this.#idOf(envelope);
    const before = id === undefined ? undefined : this.#items.get(id);
    const item = id === undefined ? undefined : foldItem(before, envelope);
    const span =
      this.#run === undefined || this.#run.id === id ? undefined : this.#close(this.#run, envelope);
    if (event.type === 'turn.started') this.#begin(event.turnId);
    else if (event.type === 'turn.ended' && event.turnId === this.#turnId) this.#begin(undefined);
    else if (id !== undefined && item !== undefined) {
      this.#items.set(id, item);
      const run = (this.#run ??= {
        id,
        first: envelope,
        made: before === undefined,
        seq: 0,
        latest: 0,
        rows: 0,
        bytes: 0,
        output: [],
      });
      run.seq = envelope.seq;
      run.latest = Math.max(run.latest, envelope.at);
      run.rows++;
      run.bytes += bytes;
      if (event.type === 'commandRun.output') run.output.push(event.text);
    }
    return span;
  }

  /** The row an envelope belongs to, if it may be part of a span: said by the agent, in the turn that runs. */
  #idOf(envelope: Envelope): ItemId | undefined {
    const { event, turnId, by } = envelope;
    if (this.#turnId === undefined || turnId !== this.#turnId || by !== undefined) return undefined;
    return /^(message|toolCall|commandRun)\./.test(event.type) ? itemIdOf(envelope) : undefined;
  }

  #begin(turnId: TurnId | undefined): void {
    this.#turnId = turnId;
    this.#items.clear();
    this.#weights.clear();
  }

  #close(run: Run, next: Envelope): Span | undefined {
    this.#run = undefined;
    if (run.rows < 2 || !carriesOn(next, run.latest)) return undefined;
    if ((this.#weights.get(run.id) ?? 0) > 2 * run.bytes) return undefined;
    const item = this.#items.get(run.id);
    const made = item && settingEvent(item, run);
    if (made === undefined) return undefined;
    const { sessionId, at, turnId } = run.first;
    const from = run.first.from ?? run.first.seq;
    const envelope: Envelope = {
      sessionId,
      seq: run.seq,
      from,
      at,
      ...(turnId !== undefined && { turnId }),
      event: made.event,
    };
    const json = JSON.stringify(envelope);
    const weight = Buffer.byteLength(json) + (made.blob?.data.byteLength ?? 0);
    this.#weights.set(run.id, weight);
    return weight < run.bytes ? { from, seq: run.seq, envelope, json, blob: made.blob } : undefined;
  }
}

/** A head's time is the latest of all its events: what follows a span must make up for what the span no longer tells. */
function carriesOn({ event, at }: Envelope, latest: number): boolean {
  return event.type !== 'unknown' && event.type !== 'session.configured' && at >= latest;
}

interface Setting {
  readonly event: KnownEvent;
  readonly blob?: Span['blob'];
}

/** The event that sets a row to what it is, or nothing where none can. */
function settingEvent(item: Item, run: Run): Setting | undefined {
  const continued = run.made ? {} : { continued: true as const };
  switch (item.kind) {
    case 'message':
      return message(item, continued);
    case 'toolCall':
      return { event: toolCall(item, run, continued) };
    case 'commandRun':
      return run.made ? commandRun(item, run) : undefined;
    default:
      return undefined;
  }
}

/** What a person said stays as it is: it gives a session its title. */
function message(
  { messageId, role, content, done }: MessageItem,
  continued: { continued?: true },
): Setting | undefined {
  if (role === 'user') return undefined;
  const whole = { messageId, role, content: [...content], ...(!done && { done }), ...continued };
  return { event: { type: 'message.completed', ...whole } };
}

function toolCall(item: ToolCallItem, run: Run, continued: { continued?: true }): KnownEvent {
  const { toolCallId, title, toolKind, status, locations, content, rawInput, rawOutput } = item;
  const given = { title, kind: toolKind, locations, content, rawInput, rawOutput };
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (status === 'completed' || status === 'failed' || status === 'cancelled') {
    return { type: 'toolCall.ended', toolCallId, status, ...fields, ...continued };
  }
  return { type: run.made ? 'toolCall.started' : 'toolCall.updated', toolCallId, status, ...fields };
}

function commandRun(item: CommandRunItem, { output: texts }: Run): Setting | undefined {
  const { commandRunId, command, cwd, exitCode, signal = null, failure, endedAt, output, blob } = item;
  if (endedAt === undefined || exitCode === undefined) return undefined;
  const { start, startLength, rest, restLength, omitted, end } = output;
  const kept = {
    start: [...start],
    startLength,
    rest: [...rest],
    restLength,
    omitted,
    ...(end !== undefined && { end }),
  };
  const text = texts.join('');
  const isCut = blob === undefined && text.length > startLength + restLength;
  const data = isCut ? Buffer.from(text) : undefined;
  const sha256 = data && createHash('sha256').update(data).digest('hex');
  return {
    event: {
      type: 'commandRun.ended',
      commandRunId,
      exitCode,
      signal,
      ...(failure !== undefined && { failure }),
      ...(blob !== undefined && { blob }),
      run: { command, cwd, endedAt, output: kept },
      ...(data !== undefined && sha256 !== undefined && { outputBlob: { sha256, bytes: data.byteLength } }),
    },
    blob: data !== undefined && sha256 !== undefined ? { sha256, data } : undefined,
  };
}
