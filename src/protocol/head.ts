import type { AgentRecord } from './agentDefinition.ts';
import { attentionOf, type Attention } from './attention.ts';
import type { ContentBlock } from './content.ts';
import { contentText } from './contentText.ts';
import type { By, Envelope, EventOf, KnownEvent } from './events.ts';
import type { InteractionId, MessageId, ProcessId, SessionId, TurnId } from './ids.ts';
import { foldTurn } from './headTurns.ts';
import type { Interaction } from './interaction.ts';
import type { PermissionMode, Rule, RulePreview } from './permission.ts';
import type { ConfigOption, Failure, PlanEntry, SlashCommand, Usage } from './sessionState.ts';

/** Where a session stands (ARCHITECTURE.md). Derived from the rest of the head by `phaseOf`, nowhere else. */
export type Phase = 'opening' | 'idle' | 'running' | 'waiting' | 'detached' | 'ended';

/** How a turn ended. */
export type Outcome = EventOf<'turn.ended'>['outcome'];

/** A choice the agent offers for mode or model. */
export type Choice = NonNullable<EventOf<'session.configured'>['modes']>[number];

/** A prompt that waits for the running turn. */
export interface QueuedTurn {
  readonly turnId: TurnId;
  readonly kind: 'prompt' | 'command';
  /** What was sent; for a command, its command line. */
  readonly content: readonly ContentBlock[];
  readonly command?: EventOf<'turn.queued'>['command'];
  readonly plan?: EventOf<'turn.queued'>['plan'];
  /** What is not the same as it was sent, and can be sent by the runtime that took it alone. */
  readonly redacted?: EventOf<'turn.queued'>['redacted'];
  /** The running turn that it is being given to, until that took it in or did not (T2). */
  readonly steers?: TurnId | undefined;
  /** It was being given to a turn that is over, and what the agent did with it is not known yet (T2). */
  readonly given?: boolean | undefined;
  readonly by?: By | undefined;
  /** Who changed it last, where somebody did. */
  readonly editedBy?: By | undefined;
}

/** An interaction that nobody has settled yet. */
export interface OpenInteraction {
  readonly interactionId: InteractionId;
  readonly interaction: Interaction;
  readonly turnId?: TurnId | undefined;
  readonly openedAt: number;
  readonly rulePreviews?: readonly RulePreview[] | undefined;
  /** When it is given up; `warned` is set when that is soon (W4). */
  readonly expiresAt?: number | undefined;
  readonly warned?: boolean | undefined;
}

/** The last turn that ended, for attention and for lists. `seq` is the number of its end. */
export interface LastTurn {
  readonly turnId: TurnId;
  readonly outcome: Outcome;
  readonly endedAt: number;
  readonly seq: number;
  readonly exitCode?: number | undefined;
  readonly failure?: Failure | undefined;
  readonly check?: EventOf<'turn.ended'>['check'];
}

/**
 * The bounded part of a session's folded state (law 5): all that lists, pickers and recovery need.
 * Stored by the runtime in the transaction of the events that change it; kept by clients through the same fold.
 */
export interface Head {
  readonly sessionId: SessionId;
  /** The last number folded in. */
  readonly seq: number;
  readonly agent: AgentRecord;
  readonly cwd: string;
  readonly additionalDirectories: readonly string[];
  /** Names of the environment variables the session was given; the journal never holds their values. */
  readonly envNames: readonly string[];
  /** Names of the MCP servers the session was given; the journal never holds them. */
  readonly mcpServerNames?: readonly string[] | undefined;
  readonly title: string;
  readonly titleSource: 'none' | 'derived' | 'agent' | 'person';
  readonly phase: Phase;
  readonly attention: Attention;
  /** Whether an agent process hosts the session; `opening` until the first one does. */
  readonly link: 'opening' | 'ready' | 'detached';
  readonly ended: boolean;
  readonly createdAt: number;
  /** The client that created it. */
  readonly createdBy?: string | undefined;
  /** When something last happened in it: a turn, an answer, its end. */
  readonly updatedAt: number;
  readonly agentSessionId?: string | undefined;
  /** What a prompt may hold besides text and links, once the agent said so. */
  readonly takes?: EventOf<'agent.started'>['takes'];
  /** The agent's conversation from before Holdfast that it was made to go on with. */
  readonly adopts?: string | undefined;
  /** The session it was forked from, and the agent's id of that conversation. */
  readonly forkedFrom?: EventOf<'session.started'>['forkedFrom'];
  readonly process?: { readonly processId: ProcessId; readonly pid?: number | undefined } | undefined;
  /** Why the session is detached, when something went wrong. */
  readonly detached?:
    | { readonly reason: string; readonly failure?: Failure | undefined; readonly seq: number }
    | undefined;
  readonly turn?:
    | {
        readonly turnId: TurnId;
        readonly kind: 'prompt' | 'command';
        readonly origin: EventOf<'turn.started'>['origin'];
        readonly startedAt: number;
        readonly deadlineAt?: number | undefined;
        readonly check?: EventOf<'turn.started'>['check'];
      }
    | undefined;
  /** Nothing was heard of the running turn since then, and what it waits for (T8). */
  readonly stalled?: { readonly since: number; readonly waitingFor: string } | undefined;
  readonly turnCount: number;
  readonly lastTurn?: LastTurn | undefined;
  readonly queue: readonly QueuedTurn[];
  readonly interactions: readonly OpenInteraction[];
  readonly plan: readonly PlanEntry[];
  readonly usage: Usage;
  readonly commands: readonly SlashCommand[];
  readonly mode?: string | undefined;
  readonly model?: string | undefined;
  readonly modes: readonly Choice[];
  readonly models: readonly Choice[];
  readonly options: readonly ConfigOption[];
  /** Directories whose files are artifacts, how many there are, and the bytes that are kept of them. */
  readonly artifacts?:
    | {
        readonly directories: readonly string[];
        readonly ignore?: readonly string[] | undefined;
        readonly count: number;
        readonly bytes: number;
      }
    | undefined;
  /** How permission requests are answered (W5); absent is `ask`. `permissionModeBy` is who set it. */
  readonly permissionMode?: PermissionMode | undefined;
  readonly permissionModeBy?: By | undefined;
  /** So long questions wait unless their prompt says otherwise; absent and 0 are without end (W4). */
  readonly waitLimitMs?: number | undefined;
  /** Permission rules of this session alone, oldest first. */
  readonly rules?: readonly Rule[] | undefined;
  readonly pinned: boolean;
  readonly archived: boolean;
  /** When it was archived, or taken back from there, last; unknown for what was archived before this was kept. */
  readonly archivedAt?: number | undefined;
  /** How far a person has read; what ended after it is news. */
  readonly readSeq: number;
  /** The last message of the agent that began, so that a preview can be shown. */
  readonly lastMessageId?: MessageId | undefined;
}

/** The title of a session nobody has named yet. */
export const UNTITLED = 'New session';

const TITLE_LENGTH = 80;

/**
 * Folds one envelope into a head. Pure: no clock, no randomness; unknown events move only `seq`.
 * The first envelope must be `session.started`; a head for anything else before it is `undefined`.
 */
export function foldHead(head: Head | undefined, envelope: Envelope): Head | undefined {
  const { event } = envelope;
  if (head === undefined) return event.type === 'session.started' ? started(envelope, event) : undefined;
  if (envelope.seq <= head.seq) return head;
  if (event.type === 'unknown') return { ...head, seq: envelope.seq };
  const next = reduce(head, envelope, event);
  // One copy an event, besides that of what changes: streams fold a great many.
  return {
    ...next,
    seq: envelope.seq,
    phase: phaseOf(next),
    updatedAt: quiet(event) ? head.updatedAt : Math.max(head.updatedAt, envelope.at),
    attention: attentionOf(next),
  };
}

/** The one rule that gives a phase. */
export function phaseOf(head: Pick<Head, 'ended' | 'interactions' | 'turn' | 'link'>): Phase {
  if (head.ended) return 'ended';
  if (head.interactions.length > 0) return 'waiting';
  if (head.turn !== undefined) return 'running';
  return head.link === 'ready' ? 'idle' : head.link;
}

function settled(head: Head): Head {
  return { ...head, attention: attentionOf(head) };
}

/**
 * Events that are about keeping a session (reading, pinning, naming, setting it up, letting its agent go), not about its work,
 * leave its time and with it its place in the list alone. The loss of its agent is news.
 */
function quiet(event: KnownEvent): boolean {
  switch (event.type) {
    case 'session.configured':
    case 'session.renamed':
    case 'agent.exited':
      return true;
    case 'session.detached':
      return event.failure === undefined;
    default:
      return false;
  }
}

function started(envelope: Envelope, event: EventOf<'session.started'>): Head {
  return settled({
    sessionId: envelope.sessionId,
    seq: envelope.seq,
    agent: event.agent,
    cwd: event.cwd,
    additionalDirectories: event.additionalDirectories ?? [],
    envNames: event.envNames ?? [],
    title: event.title ?? UNTITLED,
    titleSource: event.title === undefined ? 'none' : 'person',
    phase: 'opening',
    attention: 'none',
    link: 'opening',
    ended: false,
    createdAt: envelope.at,
    createdBy: envelope.by?.client,
    ...(event.mcpServerNames !== undefined && { mcpServerNames: event.mcpServerNames }),
    ...(event.agentSessionId !== undefined && { adopts: event.agentSessionId }),
    ...(event.forkedFrom !== undefined && { forkedFrom: event.forkedFrom }),
    updatedAt: envelope.at,
    turnCount: 0,
    queue: [],
    interactions: [],
    plan: [],
    usage: {},
    commands: [],
    modes: [],
    models: [],
    options: [],
    pinned: false,
    archived: false,
    readSeq: envelope.seq,
  });
}

function reduce(head: Head, envelope: Envelope, event: KnownEvent): Head {
  switch (event.type) {
    case 'session.configured':
      return configured(head, envelope, event);
    case 'session.renamed':
      return renamed(head, event);
    case 'session.resumed':
      return {
        ...head,
        ended: false,
        link: head.link === 'ready' && !head.ended ? 'ready' : 'opening',
        detached: undefined,
      };
    case 'session.detached':
      return {
        ...head,
        link: 'detached',
        process: undefined,
        detached: { reason: event.reason, failure: event.failure, seq: envelope.seq },
      };
    case 'session.ended':
      return {
        ...head,
        ended: true,
        turn: undefined,
        stalled: undefined,
        queue: [],
        interactions: [],
        process: undefined,
      };
    case 'agent.started':
      if (head.ended) return head;
      return {
        ...head,
        link: 'ready',
        detached: undefined,
        agentSessionId: event.agentSessionId,
        ...(event.takes !== undefined && { takes: event.takes }),
        process: { processId: event.processId, pid: event.pid },
      };
    case 'agent.exited':
      return head.process?.processId === event.processId ? { ...head, process: undefined } : head;
    case 'turn.queued':
    case 'turn.edited':
    case 'turn.moved':
    case 'turn.started':
    case 'turn.ended':
    case 'turn.steerRefused':
    case 'turn.stalled':
    case 'turn.progressed':
      return foldTurn(head, envelope, event);
    case 'message.started':
      return messageStarted(head, event);
    case 'message.completed':
      // A compacted one stands for the beginning as well (law 1).
      return envelope.from !== undefined && event.continued !== true && event.role === 'agent'
        ? { ...head, lastMessageId: event.messageId }
        : head;
    case 'plan.updated':
      return { ...head, plan: event.entries };
    case 'usage.updated': {
      const { type: _, ...given } = event;
      return { ...head, usage: { ...head.usage, ...defined(given) } };
    }
    case 'commands.updated':
      return { ...head, commands: event.commands };
    case 'artifact.declared': {
      const { count = 0, bytes = 0 } = head.artifacts ?? {};
      const { directories, ignore } = event;
      return { ...head, artifacts: { directories, ...(ignore !== undefined && { ignore }), count, bytes } };
    }
    case 'artifact.updated':
      return { ...head, artifacts: { ...(head.artifacts ?? { directories: [] }), ...event.total } };
    case 'interaction.opened':
      return head.ended ? head : { ...head, interactions: [...head.interactions, opened(envelope, event)] };
    case 'interaction.warned':
      return {
        ...head,
        interactions: head.interactions.map((open) =>
          open.interactionId === event.interactionId
            ? { ...open, expiresAt: event.expiresAt, warned: true }
            : open,
        ),
      };
    case 'rule.saved':
      return event.rule.scope === 'session' ? { ...head, rules: [...(head.rules ?? []), event.rule] } : head;
    case 'rule.revoked':
      return { ...head, rules: head.rules?.filter(({ ruleId }) => ruleId !== event.ruleId) };
    case 'interaction.settled':
      return {
        ...head,
        interactions: head.interactions.filter((open) => open.interactionId !== event.interactionId),
      };
    default:
      return head;
  }
}

function configured(head: Head, { by, at }: Envelope, event: EventOf<'session.configured'>): Head {
  const { type: _, readSeq, ...given } = event;
  return {
    ...head,
    ...defined(given),
    readSeq: Math.max(head.readSeq, readSeq ?? 0),
    ...(event.archived !== undefined && { archivedAt: archivedSince(head, event.archived, at) }),
    ...(event.permissionMode !== undefined && { permissionModeBy: by }),
  };
}

function archivedSince(head: Head, archived: boolean, at: number): number | undefined {
  return head.archived === archived ? head.archivedAt : at;
}

function renamed(head: Head, event: EventOf<'session.renamed'>): Head {
  const rank = { none: 0, derived: 1, agent: 2, person: 3 } as const;
  if (rank[event.source] < rank[head.titleSource]) return head;
  return { ...head, title: event.title, titleSource: event.source };
}

function messageStarted(head: Head, event: EventOf<'message.started'>): Head {
  if (event.role === 'agent') return { ...head, lastMessageId: event.messageId };
  if (event.role === 'user' && head.titleSource === 'none') {
    const title = titleFrom(titleText(event.content));
    if (title !== '') return { ...head, title, titleSource: 'derived' };
  }
  return head;
}

function opened(envelope: Envelope, event: EventOf<'interaction.opened'>): OpenInteraction {
  return {
    interactionId: event.interactionId,
    interaction: event.interaction,
    turnId: envelope.turnId,
    openedAt: envelope.at,
    ...(event.rulePreviews !== undefined && { rulePreviews: event.rulePreviews }),
    ...(event.expiresAt !== undefined && { expiresAt: event.expiresAt }),
  };
}

/** What was typed; for a prompt that is nothing but attachments, their names. */
function titleText(content: readonly ContentBlock[]): string {
  const typed = contentText(content.filter(({ type }) => type === 'text'));
  return typed.trim() === '' ? contentText(content) : typed;
}

/** The first line that says something, cut to a title's length. */
function titleFrom(text: string): string {
  const line =
    text
      .split('\n')
      .find((candidate) => candidate.trim() !== '')
      ?.trim() ?? '';
  return line.length > TITLE_LENGTH ? `${line.slice(0, TITLE_LENGTH - 1)}…` : line;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Leaves out what is `undefined`, so that spreading sets only what was given. */
function defined<T extends object>(given: T): Partial<Defined<T>> {
  const set: Partial<T> = {};
  for (const name of Object.keys(given) as (keyof T)[])
    if (given[name] !== undefined) set[name] = given[name];
  return set as Partial<Defined<T>>;
}
