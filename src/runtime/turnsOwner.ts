import type { Clock } from '../base/clock.ts';
import type { By, EventOf, KnownEvent } from '../protocol/events.ts';
import type { Head } from '../protocol/head.ts';
import type { TurnId } from '../protocol/ids.ts';
import type { ContentBlock } from '../protocol/content.ts';
import type { Steering, TurnResult } from './agent/agent.ts';
import type { Place } from './sessionWriter.ts';
import type { Work } from './turnPlans.ts';

/**
 * What a running turn is at, in this order: its commands before, the agent or the command itself, its commands after, its
 * check. From each it may go to its end.
 */
export type Stage = 'before' | 'agent' | 'command' | 'after' | 'check';

/** A running turn, as its work sees it. */
export interface TurnContext {
  readonly turnId: TurnId;
  /** Aborted when the turn is to stop. */
  readonly signal: AbortSignal;
  readonly by: By | undefined;
  /** Tells what the turn is at from now on. */
  enter(stage: Stage): void;
  /**
   * The agent is done with what it was sent; resolves when it is known what became of all that was given to it meanwhile, or when
   * it works on some of that by itself. What it resolves with is work of this turn too, to be waited for: what the agent began by
   * itself is, when this turn `goesOn` to more than its end.
   */
  worked(goesOn: boolean): Promise<Steering | undefined>;
}

/** What came of a turn's work. */
export interface Performed extends TurnResult {
  readonly check?: EventOf<'turn.ended'>['check'];
  /** What the same conversation goes on with at once (G1). */
  readonly again?: Work | undefined;
}

/** What the turns of a session need of it. */
export interface TurnsOwner {
  head(): Head;
  /** Writes an event of the session. */
  record(event: KnownEvent, place: Place): void;
  readonly clock: Clock;
  /** Whether what waits may start now; it is tried again by `resumeQueue`. Always, unless told otherwise. */
  mayStart?(): boolean;
  /** Does the work; the signal is aborted when the turn is to stop. */
  perform(work: Work, turn: TurnContext): Promise<Performed>;
  /** Whether the agent's running work can be given something (T2); never, unless told otherwise. */
  canSteer?(): boolean;
  /** Gives the agent's running work something. */
  steer?(content: readonly ContentBlock[]): Steering | undefined;
  /** Resolves when everything recorded so far is stored. */
  committed?(): Promise<void>;
  /** Settles what the turn still asks of a person. */
  settleInteractions(turnId: TurnId, reason: string, by: By | undefined): void;
  /** The agent did not stop when asked: let it go. */
  abandonAgent(reason: string): void;
  /** A turn began. */
  onStarted?(turnId: TurnId): void;
  /** A turn is over; nothing of it is told any more. */
  onEnded?(turnId: TurnId): void;
}
