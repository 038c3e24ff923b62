import { contentBlockSchema } from '../../protocol/content.ts';
import { contentText } from '../../protocol/contentText.ts';
import { newCompactionId, type CompactionId } from '../../protocol/ids.ts';
import type { AgentEvent } from './agent.ts';
import { readable, textOf, type Loose } from './loose.ts';

interface Compaction {
  readonly compactionId: CompactionId;
  summary: string;
  error: string | undefined;
  ended: 'completed' | 'failed' | 'cancelled' | undefined;
}

/** Characters of a summary that are kept. */
const SUMMARY_LENGTH = 64 * 1024;

/** The compactions of one session's context (A3): told of in patches by the agent's ids, in both versions of ACP the same. */
export class Compactions {
  readonly #emit: (event: AgentEvent) => void;
  readonly #known = new Map<string, Compaction>();

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
    this.#tellEnd(compaction);
  }

  #find(id: unknown): Compaction | undefined {
    if (typeof id !== 'string') return undefined;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const compactionId = newCompactionId();
    const compaction: Compaction = { compactionId, summary: '', error: undefined, ended: undefined };
    this.#known.set(id, compaction);
    this.#emit({ type: 'compaction.started', compactionId });
    return compaction;
  }

  #tellEnd({ compactionId, ended, summary, error }: Compaction): void {
    if (ended === undefined) return;
    this.#emit({
      type: 'compaction.ended',
      compactionId,
      status: ended,
      ...(summary !== '' && { summary }),
      ...(error !== undefined && { error }),
    });
  }
}
