import { contentBlockSchema } from '../../protocol/content.ts';
import { contentText } from '../../protocol/contentText.ts';
import { newCompactionId, type CompactionId } from '../../protocol/ids.ts';
import type { AgentEvent } from './agent.ts';
import { BoundedMap } from './boundedMap.ts';
import { readable, textOf, type Loose } from './loose.ts';

interface Compaction {
  readonly compactionId: CompactionId;
  summary: string;
  error: string | undefined;
  ended: 'completed' | 'failed' | 'cancelled' | undefined;
  /** Characters of the summary that its end was told with, once it was. */
  told: number;
}

/** Characters of a summary that are kept. */
const SUMMARY_LENGTH = 64 * 1024;

/** Compactions of which more may be told; what is told of an older one is another. */
const MOST_KNOWN = 100;

/**
 * The compactions of one session's context (A3): told of in patches by the agent's ids, in both versions of ACP the same. Of a
 * summary that goes on after the end, the end is told again when it has grown by a quarter, and with what is left when the
 * turn is over: all tellings together cost no more than a few times what the summary does.
 */
export class Compactions {
  readonly #emit: (event: AgentEvent) => void;
  readonly #known = new BoundedMap<string, Compaction>(MOST_KNOWN);

  constructor(emit: (event: AgentEvent) => void) {
    this.#emit = emit;
  }

  /** Takes a `compaction_update`: what is absent stays, `null` clears. */
  update(update: Loose): void {
    const compaction = this.#find(update['compactionId']);
    if (compaction === undefined) return;
    const { summary, error, status } = update;
    if (summary !== undefined)
      compaction.summary = contentText(readable(summary, contentBlockSchema)).slice(0, SUMMARY_LENGTH);
    if (error !== undefined) compaction.error = textOf(error);
    if (status === 'completed' || status === 'failed' || status === 'cancelled') compaction.ended = status;
    this.#tellEnd(compaction);
  }

  /** Takes a `compaction_summary_chunk`. */
  chunk(update: Loose): void {
    const compaction = this.#find(update['compactionId']);
    if (compaction === undefined) return;
    const more = contentText(readable([update['content']], contentBlockSchema));
    compaction.summary = (compaction.summary + more).slice(0, SUMMARY_LENGTH);
    if (compaction.summary.length > compaction.told * 1.25) this.#tellEnd(compaction);
  }

  /** A turn begins or is over: what was not told yet is told. */
  settle(): void {
    for (const compaction of this.#known.values())
      if (compaction.summary.length > compaction.told) this.#tellEnd(compaction);
  }

  #find(id: unknown): Compaction | undefined {
    if (typeof id !== 'string') return undefined;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const compactionId = newCompactionId();
    const begun = { summary: '', error: undefined, ended: undefined, told: 0 };
    const compaction: Compaction = { compactionId, ...begun };
    this.#known.set(id, compaction);
    this.#emit({ type: 'compaction.started', compactionId });
    return compaction;
  }

  #tellEnd(compaction: Compaction): void {
    const { compactionId, ended, summary, error } = compaction;
    if (ended === undefined) return;
    compaction.told = summary.length;
    this.#emit({
      type: 'compaction.ended',
      compactionId,
      status: ended,
      ...(summary !== '' && { summary }),
      ...(error !== undefined && { error }),
    });
  }
}
