import { agentSide } from './agentSide.ts';
import type { Values } from './agentSide.ts';
import { AgentLink, type LinkOwner } from './agentLink.ts';
import { Asking } from './asking.ts';
import { Audit } from './audit.ts';
import { Interactions } from './interactions.ts';
import type { Head } from '../protocol/head.ts';
import type { SessionLog } from './journal/journal.ts';
import type { SessionParts } from './sessionParts.ts';
import { SessionSecrets } from './sessionSecrets.ts';
import { SessionWriter } from './sessionWriter.ts';
import { StallWatch } from './stallWatch.ts';
import { waitingFor } from './stallWords.ts';
import { Turns, type TurnsOwner } from './turns.ts';
import { TurnWork } from './turnWork.ts';
import { Artifacts } from './work/artifacts.ts';
import { ArtifactUploads } from './work/artifactUploads.ts';
import { processorMs } from './work/processorTime.ts';
import { Valve } from './work/valve.ts';

/** What a session is made of, each part knowing of the others only what it is given. Owned by the session. */
export interface Components {
  readonly writer: SessionWriter;
  readonly interactions: Interactions;
  readonly asking: Asking;
  readonly turns: Turns;
  readonly work: TurnWork;
  readonly side: LinkOwner;
  readonly link: AgentLink;
  readonly valve: Valve;
  readonly secrets: SessionSecrets;
  readonly artifacts: Artifacts;
  readonly uploads: ArtifactUploads;
  readonly audit: Audit;
}

/** Makes the parts of a session and joins them. Nothing is recorded and nothing starts. */
export function makeComponents(parts: SessionParts, log: SessionLog, values: Values): Components {
  const { clock, rules, storage } = parts;
  const { sessionId } = log;
  const store = parts.blobs(sessionId);
  const head = (): Head => headOf(log);
  const directories = (): readonly string[] =>
    log.head === undefined ? [] : [log.head.cwd, ...log.head.additionalDirectories];
  const secrets = new SessionSecrets(() => values, directories);
  const writer = new SessionWriter(log, clock, () => secrets.matcher, {
    store,
    names: (value) => secrets.namesIn(value),
  });
  const record: TurnsOwner['record'] = (event, place) => void writer.record(event, place);
  const interactions = new Interactions(record, clock);
  const valve = new Valve();
  const turns = new Turns(
    {
      head,
      record,
      clock,
      mayStart: () => !storage.isFailed && !isAdopting(head()),
      perform: (work, turn) => turnWork.perform(work, turn),
      canSteer: () => link.canSteer,
      steer: (content) => link.steer(content),
      committed: () => writer.committed(),
      settleInteractions: (turnId, reason, by) => interactions.cancel(reason, { turnId, by }),
      abandonAgent: (reason) => {
        writer.record({
          type: 'session.detached',
          reason,
          failure: { kind: 'agentFailed', message: reason },
        });
        void link.close();
      },
      onStarted: (turnId) => stall.started(turnId),
      onEnded: () => stall.ended(),
    },
    parts.cancelGraceMs,
  );
  const isAttended = (except: string | undefined): boolean => parts.isAttended(sessionId, except);
  const asking = new Asking({ head, writer, interactions, turns, rules, clock, isAttended });
  const stall = new StallWatch({
    clock,
    stalledMs: parts.stalledMs,
    isExcused: () =>
      storage.isFailed || (turns.current !== undefined && interactions.isWaiting(turns.current)),
    usedMs: () => processorMs(pidsOf(link, turns)),
    waitingFor: () => waitingFor(turns, head()),
    onStalled: (turnId, since, words) =>
      record({ type: 'turn.stalled', turnId, since, waitingFor: words }, { turnId }),
    onProgressed: (turnId) => record({ type: 'turn.progressed', turnId }, { turnId }),
  });
  const artifacts = new Artifacts({
    head,
    // What is found when a turn is over is still what that one made.
    record: (event, by) => record(event, { by, turnId: turns.current ?? head().lastTurn?.turnId }),
    keep: (bytes) => store.put(bytes),
    redact: (bytes) => writer.redacted(bytes),
    recorded: () => parts.artifactsRecorded(sessionId),
    mayStore: () => !storage.isFailed,
    clock,
    log: parts.log,
  });
  const uploads = new ArtifactUploads((event) => {
    if (!head().ended) writer.record(event);
  });
  const side = agentSide({
    head,
    writer,
    turns,
    interactions,
    asking,
    values,
    secrets,
    restore: (agent) => parts.restore(agent),
    documents: parts.documents,
    signIns: parts.signIns,
    log: parts.log,
    heard: () => stall.heard(),
    throttle: () => storage.isFull && link.pause(),
  });
  const link = new AgentLink(parts.pool, clock, side);
  const turnWork = new TurnWork({
    head,
    store,
    clock,
    values,
    valve,
    temporary: parts.temporary,
    ensureAgent: () => link.ensure(),
    signedIn: (signal, act) => link.signedIn(signal, act),
    lossTold: () => link.lossTold(),
    original: (turnId) => writer.original(turnId),
    emit: (event, turnId) => {
      stall.heard();
      turns.activity.saw(event);
      writer.agentSaid(event, turnId);
    },
    onPid: (commandRunId, pid) => turns.activity.pid(commandRunId, pid),
    record,
  });
  const audit = new Audit(writer, clock);
  return {
    ...{ writer, interactions, asking, turns, work: turnWork, side, link, valve },
    ...{ secrets, artifacts, uploads, audit },
  };
}

/** The head of a session with everything recorded so far. */
export function headOf({ head, sessionId }: SessionLog): Head {
  if (head === undefined) throw new Error(`session ${sessionId} was not started`);
  return head;
}

/** Processes that work for the running turn. One that hosts other sessions says nothing of this one. */
function pidsOf({ process }: AgentLink, { activity }: Turns): number[] {
  const own = process !== undefined && process.sessions.size === 1 ? [process.pid] : [];
  const commands = [...activity.commands].map(({ pid }) => pid);
  return [...own, ...commands].filter((pid) => pid !== undefined);
}

/** Whether the past of an agent's conversation is still to come: what is asked now stands after it. */
function isAdopting({ adopts, agentSessionId, link }: Head): boolean {
  return adopts !== undefined && agentSessionId === undefined && link === 'opening';
}
