import type { Clock } from '../base/clock.ts';
import type { KnownEvent } from '../protocol/events.ts';
import type { Head } from '../protocol/head.ts';
import type { TurnId } from '../protocol/ids.ts';
import type { Journal, SessionLog, StoredHead } from './journal/journal.ts';
import type { Log } from './log.ts';
import { untold } from './steers.ts';

/** One kind of pending state, and the events that settle it after the runtime that owned it died. */
type Hook = (
  head: Head,
  reason: string,
) => readonly { readonly event: KnownEvent; readonly turnId?: TurnId | undefined }[];

const REASON = 'the runtime stopped unexpectedly';

/**
 * What a dead runtime leaves pending, in the order it is settled: one hook per kind. Queued prompts are left alone: they
 * are durable, and run after the next prompt; but for those that an agent may have, which are not sent a second time.
 */
const hooks: readonly Hook[] = [
  function openInteractions(head, reason) {
    return head.interactions.map(({ interactionId, turnId }) => ({
      event: {
        type: 'interaction.settled',
        interactionId,
        settlement: { outcome: 'interrupted', reason },
      },
      turnId,
    }));
  },
  function steeringPrompts({ queue }) {
    return queue
      .filter(({ steers, given }) => steers !== undefined || given === true)
      .map((waiting) => ({ event: untold(waiting, 'interrupted'), turnId: waiting.turnId }));
  },
  function runningTurn({ turn }, reason) {
    if (turn === undefined) return [];
    const failure = { kind: 'interrupted', message: `Interrupted: ${reason}.` };
    return [
      {
        event: { type: 'turn.ended', turnId: turn.turnId, outcome: 'interrupted', failure },
        turnId: turn.turnId,
      },
    ];
  },
  function agentProcess(head, reason) {
    if (head.link === 'detached' || head.ended) return [];
    return [{ event: { type: 'session.detached', reason } }];
  },
];

/**
 * Ends, once, what the runtime before this one left pending (T9, P5). Each hook's events are folded before the next
 * looks, so that each settles only what is still open. One session that cannot be recovered never keeps the others.
 */
export function recover(journal: Journal, clock: Clock, log: Log): { readonly recovered: number } {
  let recovered = 0;
  for (const stored of journal.unsettled()) {
    try {
      if (recoverOne(journal, stored, clock)) recovered++;
    } catch (error) {
      log.error(`recovery of session ${stored.head.sessionId} failed`, error);
    }
  }
  return { recovered };
}

function recoverOne(journal: Journal, { head }: StoredHead, clock: Clock): boolean {
  const session = journal.log(head.sessionId);
  return session !== undefined && settlePending(session, clock, REASON);
}

/** Ends what a session's log says is going on though nothing is. Whether there was anything. */
export function settlePending(session: SessionLog, clock: Clock, reason: string): boolean {
  let settled = false;
  for (const hook of hooks) {
    const current = session.head;
    if (current === undefined) return settled;
    for (const { event, turnId } of hook(current, reason)) {
      session.append({ event, at: clock.now(), turnId, durable: true });
      settled = true;
    }
  }
  return settled;
}
