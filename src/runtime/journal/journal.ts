import type { Disposable } from '../../base/disposable.ts';
import type { Listen } from '../../base/emitter.ts';
import type { By, Envelope, EventOf, EventType, KnownEvent } from '../../protocol/events.ts';
import type { Head } from '../../protocol/head.ts';
import type { CommandId, JournalId, SessionId, TurnId } from '../../protocol/ids.ts';
import type { Item } from '../../protocol/items.ts';
import type { BlobRange, ByteRange } from './blobReader.ts';
import type { JournalCheck } from './check.ts';
import type { SearchRequest } from './searchIndex.ts';
import type { SearchPage } from './worker.ts';

/** An event on its way into the journal; the journal stamps its number. */
export interface Entry {
  readonly event: KnownEvent;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly turnId?: TurnId | undefined;
  readonly by?: By | undefined;
  /** Whether the record must also survive power loss (answers to permissions, ends). */
  readonly durable?: boolean | undefined;
  /** How many numbers it stands for: more than one for an envelope that was compacted where it comes from. Default 1. */
  readonly span?: number | undefined;
}

/**
 * The writing end of one session. `append` stamps the next number and folds head and items at once, so that what is
 * decided next sees it; the commit follows in one transaction a tick with everything else that was appended.
 */
export interface SessionLog {
  readonly sessionId: SessionId;
  readonly journal: JournalId;
  /** Folded with everything appended so far, committed or not. `undefined` only before `session.started`. */
  readonly head: Head | undefined;
  /** The last number that is safely in the database; nothing above it may be shown to anyone. */
  readonly committedSeq: number;
  append(entry: Entry): Envelope;
  /** Resolves when everything appended so far is committed. While storage fails it waits; it never rejects, except with `connectionClosed` when the journal closes. */
  committed(): Promise<void>;
}

/**
 * A session that is being taken in, however large: what it has is stored bit by bit, and it is there for others with the last of it,
 * or not at all (J7). What a runtime that is killed leaves of one is removed by the next.
 */
export interface SessionImport extends Disposable {
  readonly log: SessionLog;
  /** Keeps the next stretch of a large content with it, of `size` bytes in all, that its SHA-256 was found to be right for. */
  putBlob(sha256: string, stretch: Uint8Array, size: number): void;
  /** Stores what came since the last time. Throws `storageFailed`; it is to be given up then. */
  write(): void;
  /** The session is there from the next transaction on, with what is appended before that. Throws as `write`. */
  show(): void;
  /** Gives it up, unless it was shown: what was stored is removed in the background. */
  dispose(): void;
}

/** What a command is answered, also when it is sent again (law 4). */
export interface CommandResult {
  readonly commandId: CommandId;
  readonly method: string;
  readonly result: unknown;
}

/** A head with the lineage of its numbers. */
export interface StoredHead {
  readonly head: Head;
  readonly journal: JournalId;
}

/** Which heads a list wants; all given conditions hold together. */
export interface HeadFilter {
  readonly archived?: boolean | undefined;
  readonly pinned?: boolean | undefined;
  /** Whether what happened last failed, read or not. */
  readonly failed?: boolean | undefined;
  readonly agent?: string | undefined;
  readonly cwd?: string | undefined;
  /** Folders of which one is the working directory, or has it somewhere in it. */
  readonly within?: readonly string[] | undefined;
  readonly phase?: readonly Head['phase'][] | undefined;
  readonly attention?: readonly Head['attention'][] | undefined;
  /** Part of the title, of the agent's id or name, or of the working directory, case-insensitive. */
  readonly text?: string | undefined;
  /** Last changed before this time, in milliseconds since the epoch. */
  readonly updatedBefore?: number | undefined;
}

/** What became of a batch: the envelopes that are now safely stored, in order within each session. */
export type Committed = readonly Envelope[];

/** Whether the database takes writes. While it does not, what was appended waits, in order, and is tried again. */
export type StorageState =
  | { readonly storage: 'ok' }
  | { readonly storage: 'failed'; readonly reason: string };

/**
 * The durable, ordered store of all sessions' envelopes, with their heads and folded items (ARCHITECTURE.md). All calls
 * are synchronous. Readers first commit what is pending, so that they see one state; while storage fails they see the last
 * committed one. Owned by the runtime; one per data directory.
 */
export interface Journal {
  /** Starts a session's log; throws `sessionExists` unless the id is free. It exists from its first event on. */
  create(sessionId: SessionId): SessionLog;
  /** Takes a session in that nobody sees before it is whole; its id is new. */
  import(sessionId: SessionId): SessionImport;
  /** The log of an existing session, always the same object while it is in use; `undefined` when there is none. */
  log(sessionId: SessionId): SessionLog | undefined;
  /** Lets a log that has nothing uncommitted go from memory; appending to it throws from then on. One that has, stays. */
  release(sessionId: SessionId): void;
  /**
   * Deletes a session with all it had, and the blobs that no other session holds, durably: nobody finds anything of it from now on,
   * also after a crash. What is long is taken out of the file bit by bit, and what is damaged stays in it. False when there is none.
   * Throws `storageFailed`. An id that is created again has another lineage. The result of the command that asked for it is kept in
   * the same transaction.
   */
  delete(sessionId: SessionId, asked?: CommandResult): boolean;
  /**
   * Bytes of text and blobs that deleting a session would free, stretch by stretch, so that others can have their turn between two;
   * none for an unknown one. What it shares counts where nobody else holds it once those that are being removed, and `others`, are gone.
   * What cannot be read ends the count.
   */
  weigh(sessionId: SessionId, others?: readonly SessionId[]): Iterable<number>;

  /** A stored head, with what is appended but not yet committed left out. */
  head(sessionId: SessionId): StoredHead | undefined;
  /** Heads by last change, newest first. `after` is opaque and comes from the page before; unreadable, it throws `invalidParams`. */
  heads(
    filter: HeadFilter,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): { readonly heads: readonly StoredHead[]; readonly next?: string };
  /** All heads that claim something is going on (a turn, a queue, an open interaction, a process): what recovery looks at. */
  unsettled(): readonly StoredHead[];
  /** How many sessions there are. */
  count(): number;

  /**
   * Committed envelopes after a number, as the JSON text of each, oldest first, until `maxEvents` or `maxBytes` (of
   * UTF-8, at least one envelope is given).
   */
  read(
    sessionId: SessionId,
    after: number,
    bounds: { readonly maxEvents: number; readonly maxBytes: number },
  ): readonly StoredEnvelope[];
  /** All events of one type, committed or about to be, oldest first. Those that are never compacted away. */
  ofType<T extends EventType>(sessionId: SessionId, type: T): readonly EventOf<T>[];
  /** Folded rows with `position < before` (or the last ones), oldest first, as of the committed number it names; for an unknown session none, as of 0. */
  items(
    sessionId: SessionId,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): { readonly items: readonly Item[]; readonly more: boolean; readonly seq: number };

  /**
   * Keeps the result of a command, for 24 hours, in the transaction of everything that was appended since the last one. So
   * either both survive a crash or neither, if nothing is awaited in between.
   */
  remember(commandId: CommandId, method: string, result: unknown): void;
  /** The kept result of a command, committed or about to be. */
  recall(commandId: CommandId): { readonly method: string; readonly result: unknown } | undefined;

  /** Keeps a large content once, for a session that has a log, with the events of the same batch; its SHA-256 in hex. Throws `sessionNotFound`. */
  putBlob(sessionId: SessionId, data: Uint8Array): string;
  /** Whether a session refers to a kept content: only through one that does may a client read it. */
  holdsBlob(sessionId: SessionId, sha256: string): boolean;
  /** Bytes of a kept content, or `undefined` when there is none of that SHA-256. */
  readBlob(sha256: string, range?: ByteRange): BlobRange | undefined;

  /**
   * Searches the text of messages, tool calls and commands in a thread of its own, ranked, the best first. Never fails over
   * what a person typed. What a running turn says is found when its rows are written, at its end at the latest.
   */
  search(request: SearchRequest): Promise<SearchPage>;
  /** Reads all of it, in a thread of its own, and says what is wrong. */
  check(): Promise<JournalCheck>;

  /** Resolves when everything appended, remembered and put so far is committed; rejects only with `connectionClosed`. */
  committed(): Promise<void>;
  /**
   * Tells of each batch after its commit, in order. Readers commit what is pending, but never fire: listeners run from the
   * journal's own tick alone, one batch after the other, and may call anything here.
   */
  readonly onCommitted: Listen<Committed>;
  readonly state: StorageState;
  /** About how many bytes wait to be committed: grows only while storage fails. */
  readonly unsentBytes: number;
  readonly onState: Listen<StorageState>;
  /** Commits and tells of what is pending, if it can, and closes the database. Waiters for what it could not commit are rejected. */
  close(): void;
}

/** One committed envelope as it stands in the database: sent on without being parsed. */
export interface StoredEnvelope {
  readonly from: number;
  readonly seq: number;
  readonly json: string;
  /** Length of `json` in UTF-8. */
  readonly bytes: number;
}
