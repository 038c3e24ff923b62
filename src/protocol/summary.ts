import type { Attention } from './attention.ts';
import type { Head, Phase } from './head.ts';
import type { InteractionId, JournalId, ProcessId, SessionId } from './ids.ts';
import type { Interaction } from './interaction.ts';

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
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly mode?: string | undefined;
  readonly model?: string | undefined;
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
  /** What went wrong last, while it is still news. */
  readonly problem?: string | undefined;
}

/** The summary of a head. Pure. */
export function summaryOf(head: Head, journal: JournalId): Summary {
  const problem =
    head.attention === 'failed' ? (head.detached?.failure ?? head.lastTurn?.failure)?.message : undefined;
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
    pinned: head.pinned,
    archived: head.archived,
    mode: head.mode,
    model: head.model,
    agentSessionId: head.agentSessionId ?? head.adopts,
    process: head.process,
    ...(head.stalled !== undefined && { stalled: head.stalled }),
    needs: head.interactions.map(({ interactionId, interaction }) => ({
      interactionId,
      kind: interaction.kind,
      title: interaction.title,
    })),
    artifacts: head.artifacts === undefined || head.artifacts.count === 0 ? undefined : head.artifacts.count,
    problem,
  };
}
