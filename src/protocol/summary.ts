import { hasFailed, type Attention } from './attention.ts';
import { contentText } from './contentText.ts';
import type { Choice, Head, Phase } from './head.ts';
import type { InteractionId, JournalId, ProcessId, SessionId, TurnId } from './ids.ts';
import type { Interaction } from './interaction.ts';

/** Prompts that a summary tells of, and characters of each. */
const MOST_LINES = 20;
const MOST_TEXT = 200;

/** A prompt that waits, as one line of text. */
export interface QueuedLine {
  readonly turnId: TurnId;
  readonly text: string;
}

/** One row of a sessions list, made from a head alone: no agent is asked, no transcript opened (ARCHITECTURE.md). */
export interface Summary {
  readonly sessionId: SessionId;
  readonly journal: JournalId;
  readonly seq: number;
  readonly title: string;
  readonly agent: { readonly id: string; readonly name: string };
  readonly cwd: string;
  readonly phase: Phase;
  readonly attention: Attention;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly turnCount: number;
  readonly turnStartedAt?: number | undefined;
  readonly queued: number;
  /** The first of the prompts that wait, as many as a list shows; absent when none does. */
  readonly queue?: readonly QueuedLine[] | undefined;
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly mode?: string | undefined;
  readonly model?: string | undefined;
  /** What the agent calls them, where that is not the id. */
  readonly modeName?: string | undefined;
  readonly modelName?: string | undefined;
  /** The agent's id of the conversation, which tells that one of its own is a session already (A2). */
  readonly agentSessionId?: string | undefined;
  readonly process?: { readonly processId: ProcessId; readonly pid?: number | undefined } | undefined;
  /** Nothing was heard of the running turn for long (T8). */
  readonly stalled?: Head['stalled'];
  /** What waits for a person, oldest first, in few words. */
  readonly needs: readonly {
    readonly interactionId: InteractionId;
    readonly kind: Interaction['kind'];
    readonly title: string;
  }[];
  /** How many files it produced; absent when none. */
  readonly artifacts?: number | undefined;
  /** What happened last in it failed, read or not, and no turn began since; else absent. `attention` says whether that is news. */
  readonly failed?: boolean | undefined;
  /** What went wrong, where `failed`. */
  readonly problem?: string | undefined;
  /** The kind of that failure (`errors.ts`), by which it can be said in another language. */
  readonly problemKind?: string | undefined;
}

/** The summary of a head. Pure. */
export function summaryOf(head: Head, journal: JournalId): Summary {
  const failed = hasFailed(head);
  const failure = failed ? (head.detached?.failure ?? head.lastTurn?.failure) : undefined;
  return {
    sessionId: head.sessionId,
    journal,
    seq: head.seq,
    title: head.title,
    agent: { id: head.agent.id, name: head.agent.name },
    cwd: head.cwd,
    phase: head.phase,
    attention: head.attention,
    createdAt: head.createdAt,
    updatedAt: head.updatedAt,
    turnCount: head.turnCount,
    turnStartedAt: head.turn?.startedAt,
    queued: head.queue.length,
    ...(head.queue.length > 0 && { queue: queuedLines(head.queue.slice(0, MOST_LINES)) }),
    pinned: head.pinned,
    archived: head.archived,
    mode: head.mode,
    model: head.model,
    modeName: nameOf(head.modes, head.mode),
    modelName: nameOf(head.models, head.model),
    agentSessionId: head.agentSessionId ?? head.adopts,
    process: head.process,
    ...(head.stalled !== undefined && { stalled: head.stalled }),
    needs: head.interactions.map(({ interactionId, interaction }) => ({
      interactionId,
      kind: interaction.kind,
      title: interaction.title,
    })),
    artifacts: head.artifacts === undefined || head.artifacts.count === 0 ? undefined : head.artifacts.count,
    ...(failed && { failed }),
    problem: failure?.message,
    ...(failure !== undefined && { problemKind: failure.kind }),
  };
}

/** Prompts that wait, each as one line, cut where it is long. Pure. */
export function queuedLines(queue: Head['queue']): QueuedLine[] {
  return queue.map(({ turnId, content }) => {
    const text = contentText(content).trimStart().slice(0, MOST_TEXT);
    return { turnId, text: text.replaceAll(/\s+/gu, ' ').trim() };
  });
}

function nameOf(choices: readonly Choice[], id: string | undefined): string | undefined {
  const name = choices.find((choice) => choice.id === id)?.name;
  return name === id ? undefined : name;
}
