import type { Disposable } from '../../base/disposable.ts';
import type { AgentRecord, McpServers } from '../../protocol/agentDefinition.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import type { EventOf } from '../../protocol/events.ts';
import type { ProcessId, SessionId } from '../../protocol/ids.ts';
import type { Interaction, Settlement } from '../../protocol/interaction.ts';
import type { Result } from '../../protocol/methods.ts';
import type { SignInMethod, SignInTerminal } from '../../protocol/signIn.ts';
import type { Failure } from '../../protocol/sessionState.ts';
import type { TextFiles } from './clientFiles.ts';

/** The events an agent can cause. All others are the runtime's own. */
export type AgentEvent =
  | EventOf<
      | 'message.started'
      | 'message.appended'
      | 'message.completed'
      | 'toolCall.started'
      | 'toolCall.updated'
      | 'toolCall.ended'
      | 'plan.updated'
      | 'usage.updated'
      | 'commands.updated'
      | 'session.configured'
      | 'session.renamed'
      | 'commandRun.started'
      | 'commandRun.output'
      | 'commandRun.ended'
      | 'compaction.started'
      | 'compaction.ended'
      | 'update.received'
      | 'notice'
    >
  /** With the whole output, where the events left some out: it becomes a blob on its way into the journal. */
  | (EventOf<'commandRun.ended'> & { readonly whole?: Uint8Array | undefined });

/**
 * What a session gives its agent: where events go and whom to ask. Calls are synchronous and in wire order; an agent
 * never waits for the journal. After the agent session is closed, calls are ignored.
 */
export interface AgentHost {
  emit(event: AgentEvent): void;
  /**
   * Opens an interaction and resolves when it is settled, in whatever way; never rejects. Aborting the signal (the
   * agent withdrew its request) settles it as cancelled.
   */
  ask(interaction: Interaction, signal?: AbortSignal): Promise<Settlement>;
}

/** What an agent session is opened with. */
export interface OpenAgentSession {
  readonly sessionId: SessionId;
  readonly cwd: string;
  readonly additionalDirectories: readonly string[];
  /** Environment of this session, over the process's own. */
  readonly env: Readonly<Record<string, string>>;
  /** The agent's own id of this session from before, when it is to be taken up again. */
  readonly previous: string | undefined;
  /**
   * The agent's own id of a conversation from before, when this session has none of its own yet: its past is told as events,
   * all at once when it is whole.
   */
  readonly adopt?: string | undefined;
  /** The agent's own id of the conversation to go on from, when this one has none of its own yet. */
  readonly forkOf?: string | undefined;
  /** By name; the agent's own and the session's, merged. */
  readonly mcpServers?: McpServers | undefined;
  /** What the agent reads and writes through us; the disk unless given. */
  readonly files?: TextFiles | undefined;
  readonly host: AgentHost;
  readonly signal: AbortSignal;
}

/** How the agent ended a turn. The session decides the final outcome: a cancelled turn ends `cancelled` whatever stands here. */
export interface TurnResult {
  readonly outcome: 'completed' | 'cancelled' | 'failed' | 'refused';
  readonly stopReason?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly failure?: Failure | undefined;
  /** Prompts that wait were written for circumstances that are gone: they are taken out of the queue, and stay to be read. */
  readonly voidsQueue?: boolean | undefined;
}

/** Mode, model and options to set; only what is given changes. */
export interface AgentSettings {
  readonly mode?: string | undefined;
  readonly model?: string | undefined;
  readonly options?: Readonly<Record<string, string | boolean>> | undefined;
}

/** What became of something that was given to a running prompt's work. */
export type Taken =
  /** The work that runs took it in. */
  | { readonly how: 'joined' }
  /** That work was over: the agent works on it by itself. */
  | { readonly how: 'began' }
  | { readonly how: 'refused'; readonly reason: string }
  /** Nothing more is heard of it: the agent may have it, or not. */
  | { readonly how: 'unknown' };

/** Something that was given to a running prompt's work (T2). */
export interface Steering {
  /** Never rejects. Everything the agent said on the wire before it was emitted before this resolves. */
  readonly taken: Promise<Taken>;
  /** Asks the agent to leave it where it was not taken yet; harmless after that. */
  withdraw(): void;
  /** Asks the agent to stop what it began. */
  stop(): void;
  /** How the work that it began ends, as `AgentSession.prompt` does; once. */
  ended(): Promise<TurnResult>;
}

/** One session inside an agent process. Owned by the runtime's session. */
export interface AgentSession {
  readonly agentSessionId: string;
  /** How it came to be; `new` although `previous` was given means that the agent could not take it up again. */
  readonly how: EventOf<'agent.started'>['how'];
  /**
   * Runs one prompt; one at a time. Resolves with how it ended; rejects only when the process is gone or the agent's
   * answer cannot be understood. Everything the agent said on the wire before its answer was emitted before this resolves.
   */
  prompt(content: readonly ContentBlock[]): Promise<TurnResult>;
  /**
   * Gives something to the running prompt's work; absent where the agent cannot be steered. `undefined` when nothing runs that it
   * could be given to, or the agent does not take such content.
   */
  readonly steer?: ((content: readonly ContentBlock[]) => Steering | undefined) | undefined;
  /** Asks the agent to stop the running prompt, which then resolves in its own time. Harmless when none runs. */
  cancel(): void;
  /** Changes settings, or rejects with `unsupported`. */
  configure(settings: AgentSettings): Promise<void>;
  /** Ends the session inside the agent and kills what it runs there. Never rejects; bounded in time. */
  close(): Promise<void>;
  /** As `close`, and the agent forgets the conversation, where it can. */
  remove?(): Promise<void>;
}

/** Which of an agent's conversations to give. */
export interface ListPage {
  /** Only those of this working directory. */
  readonly cwd?: string | undefined;
  /** Where the page before ended, in the agent's own terms. */
  readonly cursor?: string | undefined;
}

/** How an agent process ended. */
export interface AgentExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderrTail: string;
  /** Whether we asked for it. */
  readonly expected: boolean;
  /** Why we asked for it, or what made the process useless, in words. */
  readonly reason?: string | undefined;
}

/** A running agent that hosts sessions: a process of its own, or the in-process Shell. Owned by the pool. */
export interface AgentProcess {
  readonly processId: ProcessId;
  readonly pid: number | undefined;
  readonly agentId: string;
  /** The agent's own name and version, as it told. */
  readonly info: { readonly name?: string | undefined; readonly version?: string | undefined };
  /** What a prompt may hold besides text and links; absent where that never matters. */
  readonly takes?: EventOf<'agent.started'>['takes'];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The sessions open in it now. */
  readonly sessions: ReadonlySet<SessionId>;
  /** Opens a session. Rejects with `agentFailed` (words for a person, the tail of stderr) when the agent cannot. */
  open(request: OpenAgentSession): Promise<AgentSession>;
  /** A page of the conversations it knows itself. Rejects with `unsupported`, `agentFailed` or `timedOut`. */
  listSessions?(page: ListPage): Promise<Result<'agent/sessions'>>;
  /** The ways to sign in to it, for an agent that has any (A7). */
  readonly signIn?: AgentSignIn | undefined;
  /** Whether sessions in it go on better in another one: it was started before the person signed in. */
  readonly isStale?: boolean;
  /** Whether it can still be talked to and given sessions. */
  readonly isUsable: boolean;
  /** Resolves when the process is gone and reaped, asked for or not. */
  readonly exited: Promise<AgentExit>;
  /** The stop ladder on the whole group (law 11). Resolves when everything is gone. Its sessions are told the first reason. */
  stop(reason?: string): Promise<void>;
  /** Keeps more of what it was given out of what it writes, for as long as it lives (C5). */
  conceal?(secrets: Iterable<string>): void;
  /** Stops reading what it says, until `resume`: its pipe fills, and it waits (law 9). Being asked twice is the same as once. */
  pause?(): void;
  /** Reads on. */
  resume?(): void;
}

/** Signing in to a running agent. */
export interface AgentSignIn {
  readonly methods: readonly SignInMethod[];
  readonly canSignOut: boolean;
  /** What to run in a terminal for a method of that kind. */
  terminal(methodId: string): SignInTerminal | undefined;
  /** Has the agent sign in by itself, or take its environment. Rejects with `signInFailed` in its words. */
  signIn(methodId: string, signal?: AbortSignal): Promise<void>;
  signOut(): Promise<void>;
}

/** A resolved definition: what is recorded, and the environment values that are not. */
export interface ResolvedAgent {
  readonly record: AgentRecord;
  readonly env: Readonly<Record<string, string>>;
  readonly mcpServers?: McpServers | undefined;
  /** Names of variables whose values are secret whatever they look like: those that a person gave for signing in (C5). */
  readonly secretNames?: readonly string[] | undefined;
  /** What else of its values must not be seen: a session that brought some of them knows. */
  readonly secrets?: Iterable<string> | undefined;
}

/** What a process was given that must not be seen in what it writes, for as long as it is told of (C5). Owned by the pool. */
export interface ProcessSecrets extends Disposable {
  /** What a definition says of the values that it is started with. */
  addGiven(agent: ResolvedAgent): void;
  /** Values that turned out to be secret later. */
  add(values: Iterable<string>): void;
}

/** Hands out agent processes and owns them. */
export interface AgentPool {
  /**
   * The process for an agent, started if none runs; concurrent calls share one start. Rejects with `agentStartFailed`
   * (what was run, how it ended, the tail of stderr). The caller opens a session in it before anything else can stop it.
   */
  acquire(agent: ResolvedAgent): Promise<AgentProcess>;
  /** Has what runs of an agent get no new sessions, but for one process: it was started before the person signed in or out. */
  renew?(agentId: string, except?: AgentProcess): void;
  /** Those running now. */
  readonly processes: readonly AgentProcess[];
  /** Stops all; resolves when nothing is left. No more starts afterwards. */
  dispose(): Promise<void>;
}
