import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { AgentRecord } from '../protocol/agentDefinition.ts';
import { blobsOf } from '../protocol/blob.ts';
import { HoldfastError } from '../protocol/errors.ts';
import type { Envelope, EventOf, KnownEvent } from '../protocol/events.ts';
import { newSessionId, type SessionId } from '../protocol/ids.ts';
import type { Params, Result } from '../protocol/methods.ts';
import { parseEnvelope } from '../protocol/parseEnvelope.ts';
import type { ResolvedAgent } from './agent/agent.ts';
import { ruleText } from '../protocol/ruleText.ts';
import { ImportStage } from './importStage.ts';
import type { Journal, SessionImport, SessionLog } from './journal/journal.ts';
import { Pace } from './pace.ts';
import { settlePending } from './recovery.ts';

/** What all imports that are under way may weigh together, in bytes. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Imports that may be under way: each has a file and waits for its next page. */
const MOST_IMPORTS = 100;

/** The highest number that a session is taken in with: what comes after it must have its own for as long as it lives. */
const LAST_SEQ = 2 ** 48;

/** An import whose next page does not come for so long is given up, in milliseconds. */
const PATIENCE_MS = 5 * 60_000;

/** What importing works with. */
export interface ImportsParts {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Where pages wait; the system's folder for temporary files unless given. */
  readonly temporary?: string | undefined;
  /** Throws when this runtime knows no agent of that id. */
  resolveAgent(id: string | undefined, clientAgents: Readonly<Record<string, unknown>>): ResolvedAgent;
}

/** An import of which not all pages came yet. */
interface Staged {
  readonly stage: ImportStage;
  patience?: Disposable;
}

/** Who sends the pages. */
export interface Importer {
  /** Agent definitions from the client's settings. */
  readonly agents: Readonly<Record<string, unknown>>;
  /** Whether it was taken back. */
  isCancelled(): boolean;
}

type ImportParams = Omit<Params<'session/import'>, 'commandId'>;

/**
 * Sessions that are being taken in (J7). Pages are gathered in a temporary file, and with the last one the session is written bit by
 * bit, out of sight: it is there as a whole or not at all, and however large it is, nothing else waits for it. Numbers keep their spans but begin anew, in a new lineage (law 6), under a new id.
 * Nothing that a file says is run: the agent is resolved here, and what an agent process did elsewhere is left out.
 */
export class Imports {
  readonly #parts: ImportsParts;
  readonly #staged = new Map<string, Staged>();
  /** Whole imports that are being written. */
  readonly #finishing = new Set<ImportStage>();

  constructor(parts: ImportsParts) {
    this.#parts = parts;
  }

  /**
   * Takes a page; the last one makes the session. Throws `invalidParams` naming what is wrong with it, and then the whole
   * import is given up; `requestCancelled` when it is taken back before the session is there, with the same end; `sessionBusy` while
   * too many are under way.
   */
  async take(params: ImportParams, importer: Importer): Promise<Result<'session/import'>> {
    const { importId, page, done } = params;
    if (!this.#staged.has(importId) && this.#staged.size + this.#finishing.size >= MOST_IMPORTS) {
      const words = `${MOST_IMPORTS} imports are under way; try again when one of them is through`;
      throw new HoldfastError('sessionBusy', words, { importId });
    }
    const staged: Staged = this.#staged.get(importId) ?? { stage: new ImportStage(this.#parts.temporary) };
    const { stage } = staged;
    staged.patience?.dispose();
    this.#staged.delete(importId);
    let goesOn = false;
    try {
      mustBeWanted(importId, importer);
      if (page > stage.pages) {
        throw invalid(importId, `page ${page} came, and page ${stage.pages} was expected; begin again`);
      }
      if (page === stage.pages) this.#add(stage, params);
      if (done) {
        this.#finishing.add(stage);
        return await this.#finish(stage, params, importer);
      }
      goesOn = true;
    } finally {
      this.#finishing.delete(stage);
      if (!goesOn) stage.dispose();
    }
    this.#staged.set(importId, staged);
    staged.patience = this.#parts.clock.after(PATIENCE_MS, () => {
      this.#staged.delete(importId);
      stage.dispose();
    });
    return { events: stage.envelopeCount, missingBlobs: 0 };
  }

  #add(stage: ImportStage, { importId, page, envelopes, blobs }: ImportParams): void {
    let last = stage.lastSeq;
    const read = envelopes.map((value, index) => {
      const envelope = parseEnvelope(value);
      const problem = placeProblem(envelope, last, last === 0);
      if (problem !== undefined) throw invalid(importId, `page ${page}, envelopes.${index}: ${problem}`);
      last = envelope.seq;
      return envelope;
    });
    const lengths = new Map<string, number>();
    for (const { sha256, offset, data } of blobs) {
      const length = lengths.get(sha256) ?? stage.lengthOf(sha256);
      if (offset !== length) throw invalid(importId, `the content ${sha256} misses what is before ${offset}`);
      lengths.set(sha256, length + Buffer.byteLength(data, 'base64'));
    }
    stage.add(read, blobs);
    stage.pages++;
    const stages = [...[...this.#staged.values()].map(({ stage: each }) => each), ...this.#finishing];
    const others = stages.reduce((sum, each) => sum + each.bytes, 0);
    if (others + stage.bytes > MOST_BYTES) {
      throw invalid(importId, `what is being imported weighs more than ${MOST_BYTES / 1024 / 1024} MiB`);
    }
  }

  async #finish(
    stage: ImportStage,
    params: ImportParams,
    importer: Importer,
  ): Promise<Result<'session/import'>> {
    const { importId } = params;
    if (stage.envelopeCount === 0) throw invalid(importId, 'it has no events');
    const paced = new Pace(this.#parts.clock);
    const step = async (bytes: number, atPause?: () => void): Promise<void> => {
      await paced.step(bytes, atPause);
      mustBeWanted(importId, importer);
    };
    const hashes = await stage.hashes(step);
    for (const [sha256, actual] of hashes)
      if (actual !== sha256) throw invalid(importId, `the content ${sha256} is damaged: it is ${actual}`);
    const taken = this.#parts.journal.import(newSessionId());
    try {
      const missing = new Set<string>();
      for (const next of stage.all()) {
        if (next.envelope === undefined) taken.putBlob(next.sha256, next.bytes, stage.lengthOf(next.sha256));
        else {
          for (const sha256 of blobsOf([next.envelope])) if (!hashes.has(sha256)) missing.add(sha256);
          this.#append(taken.log, next.envelope, params, importer.agents);
        }
        await step(next.length, () => taken.write());
      }
      return { ...this.#show(taken), missingBlobs: missing.size };
    } finally {
      taken.dispose();
    }
  }

  /** What an agent process did elsewhere is left out. */
  #append(
    log: SessionLog,
    { event, at, turnId, by, seq, from = seq }: Envelope,
    { cwd }: ImportParams,
    agents: Readonly<Record<string, unknown>>,
  ): void {
    if (event.type === 'agent.started' || event.type === 'agent.exited') return;
    const own = event.type === 'session.started' ? this.#started(event, cwd, agents) : event;
    // What this build does not know stays as it came; the fold leaves it alone.
    log.append({ event: own as KnownEvent, at, turnId, by, span: seq - from + 1 });
  }

  /** Brings it to its end; everybody sees it from now on. */
  #show(taken: SessionImport): { readonly sessionId: SessionId; readonly events: number } {
    const { clock } = this.#parts;
    const { log } = taken;
    settlePending(log, clock, 'the session was imported while it was running');
    withdrawPermissions(log, clock);
    if (log.head?.ended !== true) {
      log.append({ event: { type: 'session.ended', reason: 'imported' }, at: clock.now(), durable: true });
    }
    taken.show();
    // What ended elsewhere is no news here: whoever imports it looks at it anyway.
    const read = { type: 'session.configured', readSeq: log.head?.seq ?? 0 } as const;
    log.append({ event: read, at: clock.now(), durable: true });
    return { sessionId: log.sessionId, events: log.head?.seq ?? 0 };
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

function mustBeWanted(importId: string, { isCancelled }: Importer): void {
  if (!isCancelled()) return;
  throw new HoldfastError('requestCancelled', 'the import was cancelled; nothing was taken in', { importId });
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
