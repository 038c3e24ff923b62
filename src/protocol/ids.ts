declare const brand: unique symbol;

/** A string that names one kind of thing; ids of two kinds never mix up. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

/** One conversation with one agent in one working directory. Minted by the client (a UUID), or by a host that assigns its own. */
export type SessionId = Id<'Session'>;
/** One prompt or one command execution, from acceptance to its single end. Minted by the runtime. */
export type TurnId = Id<'Turn'>;
/** Something only a person can settle. Minted by the runtime. */
export type InteractionId = Id<'Interaction'>;
/** Names one mutating request for ever, so that a resend runs nothing twice. Minted by the client. */
export type CommandId = Id<'Command'>;
/** One message of a transcript, unique within its session. */
export type MessageId = Id<'Message'>;
/** One tool call of a transcript, unique within its session. */
export type ToolCallId = Id<'ToolCall'>;
/** One run of a shell command, unique within its session. */
export type CommandRunId = Id<'CommandRun'>;
/** One compaction of an agent's context, unique within its session. */
export type CompactionId = Id<'Compaction'>;
/** One run of a prompt's check, unique within its session (G1). */
export type CheckId = Id<'Check'>;
/** One row of the transcript: `<kind>:<id>`, see `items.ts`. */
export type ItemId = Id<'Item'>;
/** The lineage of a session's numbers (law 6): changes whenever numbers already shown may come to mean something else. */
export type JournalId = Id<'Journal'>;
/** One running agent process. */
export type ProcessId = Id<'Process'>;

const mint = <T extends string>(): T => crypto.randomUUID() as string as T;

export const newSessionId = (): SessionId => mint();
export const newTurnId = (): TurnId => mint();
export const newInteractionId = (): InteractionId => mint();
export const newCommandId = (): CommandId => mint();
export const newMessageId = (): MessageId => mint();
export const newToolCallId = (): ToolCallId => mint();
export const newCommandRunId = (): CommandRunId => mint();
export const newCompactionId = (): CompactionId => mint();
export const newCheckId = (): CheckId => mint();
export const newJournalId = (): JournalId => mint();
export const newProcessId = (): ProcessId => mint();

/** The agent id of the built-in Shell agent, which needs no definition. */
export const SHELL_AGENT_ID = 'shell';
