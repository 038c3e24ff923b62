import type { Clock } from '../base/clock.ts';
import type { AgentRecord } from '../protocol/agentDefinition.ts';
import type { SessionEvent } from '../protocol/events.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { AgentPool, ResolvedAgent } from './agent/agent.ts';
import type { SignIns } from './agents/signIns.ts';
import type { SharedDocuments } from './documents/sessionFiles.ts';
import type { Log } from './log.ts';
import type { RuleStore } from './ruleStore.ts';
import type { BlobStore } from './spill.ts';

/** What all sessions of a runtime share. */
export interface SessionParts {
  readonly pool: AgentPool;
  readonly clock: Clock;
  readonly log: Log;
  /** Finds again what a session’s agent was started with; throws when it can no longer be had. */
  restore(record: AgentRecord): ResolvedAgent;
  readonly signIns: SignIns;
  readonly cancelGraceMs?: number | undefined;
  /** What was recorded of a session’s artifacts. */
  artifactsRecorded(sessionId: SessionId): Iterable<SessionEvent>;
  /** What is unsaved in the editor. */
  readonly documents: SharedDocuments;
  /** Where a session’s large contents are kept. */
  blobs(sessionId: SessionId): BlobStore;
  readonly storage: Storage;
  /** Permission rules for workspaces and for always. */
  readonly rules: RuleStore;
  /** Whether a client, other than the given one, is attached to a session. */
  isAttended(sessionId: SessionId, except: string | undefined): boolean;
  /** So long a turn may be silent before it is shown as stalled; milliseconds. */
  readonly stalledMs?: number | undefined;
  /** For files that nobody needs after the runtime; the system's unless given. */
  readonly temporary?: string | undefined;
}

/** Whether the journal takes what is written (law 9). */
export interface Storage {
  readonly isFailed: boolean;
  /** Whether so much waits to be written that nothing more may be taken in. */
  readonly isFull: boolean;
}
