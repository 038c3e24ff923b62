import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { AgentRecord } from '../protocol/agentDefinition.ts';
import { blobsOf } from '../protocol/blob.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Envelope, EventOf, KnownEvent } from '../protocol/events.ts';
import { newSessionId } from '../protocol/ids.ts';
import type { Params, Result } from '../protocol/methods.ts';
import { parseEnvelope } from '../protocol/parseEnvelope.ts';
import type { ResolvedAgent } from './agent/agent.ts';
import { ruleText } from '../protocol/ruleText.ts';
import type { Journal, SessionLog } from './journal/journal.ts';
import { settlePending } from './recovery.ts';

/** What all imports that are under way may weigh together, in bytes. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The highest number that a session is taken in with: what comes after it must have its own for as long as it lives. */
const LAST_SEQ = 2 ** 48;

/** An import whose next page does not come for so long is given up, in milliseconds. */
const PATIENCE_MS = 5 * 60_000;

/** What importing works with. */
export interface ImportsParts {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Throws when this runtime knows no agent of that id. */
  resolveAgent(id: string | undefined, clientAgents: Readonly<Record<string, unknown>>): ResolvedAgent;
}

/** An import of which not all pages came yet. */
interface Staged {
  pages: number;
  bytes: number;
  readonly envelopes: Envelope[];
  /** Contents by their SHA-256, in the stretches in which they came. */
  readonly blobs: Map<string, Buffer[]>;
  patience?: Disposable;
}

type ImportParams = Omit<Params<'session/import'>, 'commandId'>;

/**
 * Sessions that are being taken in (J7). Pages are gathered in memory, and with the last one the session is written in one
 * go: it is there as a whole or not at all. Numbers keep their spans but begin anew, in a new lineage (law 6), under a new id.
 * Nothing that a file says is run: the agent is resolved here, and what an agent process did elsewhere is left out.
 */
export class Imports {
  readonly #parts: ImportsParts;
  readonly #staged = new Map<string, Staged>();

  constructor(parts: ImportsParts) {
    this.#parts = parts;
  }

  /**
   * Takes a page; the last one makes the session. Throws `invalidParams` naming what is wrong with it, and then the whole
   * import is given up.
   */
  take(params: ImportParams, agents: Readonly<Record<string, unknown>>): Result<'session/import'> {
    const { importId, page, done } = params;
    const fresh: Staged = { pages: 0, bytes: 0, envelopes: [], blobs: new Map() };
    const staged = this.#staged.get(importId) ?? fresh;
    staged.patience?.dispose();
    this.#staged.delete(importId);
    if (page > staged.pages) {
      throw invalid(importId, `page ${page} came, and page ${staged.pages} was expected; begin again`);
    }
    if (page === staged.pages) this.#add(staged, params);
    if (done) return this.#finish(staged, params, agents);
    this.#staged.set(importId, staged);
    staged.patience = this.#parts.clock.after(PATIENCE_MS, () => this.#staged.delete(importId));
    return { events: staged.envelopes.length, missingBlobs: 0 };
  }

  #add(staged: Staged, { importId, page, envelopes, blobs }: ImportParams): void {
    for (const [index, value] of envelopes.entries()) {
      const envelope = parseEnvelope(value);
      const isFirst = staged.envelopes.length === 0;
      const problem = placeProblem(envelope, staged.envelopes.at(-1)?.seq ?? 0, isFirst);
      if (problem !== undefined) throw invalid(importId, `page ${page}, envelopes.${index}: ${problem}`);
      staged.bytes += JSON.stringify(envelope).length;
      staged.envelopes.push(envelope);
    }
    for (const { sha256, offset, data } of blobs) {
      const bytes = Buffer.from(data, 'base64');
      const parts = staged.blobs.get(sha256) ?? [];
      const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
      if (offset !== length) throw invalid(importId, `the content ${sha256} misses what is before ${offset}`);
      parts.push(bytes);
      staged.blobs.set(sha256, parts);
      staged.bytes += bytes.byteLength;
    }
    staged.pages++;
    const others = [...this.#staged.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    if (others + staged.bytes > MOST_BYTES) {
      throw invalid(importId, `what is being imported weighs more than ${MOST_BYTES / 1024 / 1024} MiB`);
    }
  }

  #finish(
    { envelopes, blobs }: Staged,
    { importId, cwd }: ImportParams,
    agents: Readonly<Record<string, unknown>>,
  ): Result<'session/import'> {
    const { journal, clock } = this.#parts;
    if (envelopes.length === 0) throw invalid(importId, 'it has no events');
    const contents = new Map<string, Buffer>();
    for (const [sha256, parts] of blobs) {
      const bytes = Buffer.concat(parts);
      const actual = createHash('sha256').update(bytes).digest('hex');
      if (actual !== sha256) throw invalid(importId, `the content ${sha256} is damaged: it is ${actual}`);
      contents.set(sha256, bytes);
    }
    const sessionId = newSessionId();
    const log = journal.create(sessionId);
    for (const { event, at, turnId, by, seq, from = seq } of envelopes) {
      if (event.type === 'agent.started' || event.type === 'agent.exited') continue;
      const own = event.type === 'session.started' ? this.#started(event, cwd, agents) : event;
      // What this build does not know stays as it came; the fold leaves it alone.
      log.append({ event: own as KnownEvent, at, turnId, by, span: seq - from + 1 });
    }
    settlePending(log, clock, 'the session was imported while it was running');
    withdrawPermissions(log, clock);
    if (log.head?.ended !== true) {
      log.append({ event: { type: 'session.ended', reason: 'imported' }, at: clock.now(), durable: true });
    }
    // What ended elsewhere is no news here: whoever imports it looks at it anyway.
    const read = { type: 'session.configured', readSeq: log.head?.seq ?? 0 } as const;
    log.append({ event: read, at: clock.now() });
    for (const bytes of contents.values()) journal.putBlob(sessionId, bytes);
    const missing = blobsOf(envelopes).filter((sha256) => !contents.has(sha256));
    return { sessionId, events: log.head?.seq ?? 0, missingBlobs: missing.length };
  }

  /**
   * The first event, with this runtime's own agent of that id, or with one that cannot be started. Besides the working directory
   * nothing is opened to it: further directories are not for a file to say.
   */
  #started(
    event: EventOf<'session.started'>,
    cwd: string | undefined,
    agents: Readonly<Record<string, unknown>>,
  ): EventOf<'session.started'> {
    const { type, title } = event;
    return { type, title, agent: this.#agent(event.agent, agents), cwd: cwd ?? event.cwd };
  }

  #agent({ id, name }: AgentRecord, agents: Readonly<Record<string, unknown>>): AgentRecord {
    try {
      return this.#parts.resolveAgent(id, agents).record;
    } catch {
      return { id, name, kind: 'acp' };
    }
  }
}

/** What a file says may be done without asking is not for a file to say (law 10). */
function withdrawPermissions(log: SessionLog, clock: Clock): void {
  const { permissionMode, rules = [] } = log.head ?? {};
  for (const rule of rules) {
    const event = { type: 'rule.revoked', ruleId: rule.ruleId, text: ruleText(rule) } as const;
    log.append({ event, at: clock.now(), durable: true });
  }
  if (permissionMode === undefined || permissionMode === 'ask') return;
  log.append({
    event: { type: 'session.configured', permissionMode: 'ask' },
    at: clock.now(),
    durable: true,
  });
}

/** Law 1: contiguous from 1, and the first one begins the session. */
function placeProblem(
  { seq, from = seq, event }: Envelope,
  last: number,
  isFirst: boolean,
): string | undefined {
  if (isFirst !== (event.type === 'session.started')) {
    return isFirst ? 'the first event must be session.started' : 'a session is started only once';
  }
  if (seq > LAST_SEQ) return `its number ${seq} is higher than any session reaches (${LAST_SEQ})`;
  return from === last + 1 && seq >= from
    ? undefined
    : `it stands for ${from} to ${seq}, and ${last + 1} was expected`;
}

function invalid(importId: string, problem: string): HoldfastError {
  return new HoldfastError('invalidParams', `the import cannot be taken in: ${problem}`, { importId });
}
