import * as z from 'zod';
import type {
  CheckId,
  CommandId,
  CommandRunId,
  CompactionId,
  InteractionId,
  ItemId,
  JournalId,
  MessageId,
  ProcessId,
  SessionId,
  ToolCallId,
  TurnId,
} from './ids.ts';

/** A plain string on the wire, a branded id inside: the one place where the two meet. */
function id<T extends string>(): z.ZodType<T, T> {
  return z.string().min(1).max(256) as unknown as z.ZodType<T, T>;
}

export const sessionIdSchema = id<SessionId>();
export const turnIdSchema = id<TurnId>();
export const interactionIdSchema = id<InteractionId>();
export const commandIdSchema = id<CommandId>();
export const messageIdSchema = id<MessageId>();
export const toolCallIdSchema = id<ToolCallId>();
export const commandRunIdSchema = id<CommandRunId>();
export const compactionIdSchema = id<CompactionId>();
export const checkIdSchema = id<CheckId>();
export const itemIdSchema = id<ItemId>();
export const journalIdSchema = id<JournalId>();
export const processIdSchema = id<ProcessId>();
