import { Deferred } from '../../../src/base/deferred.ts';
import type { ContentBlock } from '../../../src/protocol/content.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import type { Steering, Taken, TurnResult } from '../../../src/runtime/agent/agent.ts';

/** Something that the fake agent was given while it worked: the test says what becomes of it. */
export interface Steered {
  readonly sessionId: SessionId;
  readonly content: readonly ContentBlock[];
  /** How often it was asked to leave it. */
  readonly withdrawn: number;
  /** How often it was asked to stop what it began. */
  readonly stopped: number;
  /** Whether somebody waits for the end of the work that it began. */
  readonly isFollowed: boolean;
  /** What the agent says it did with it; the first time counts. */
  land(taken: Taken): void;
  /** The work that it began is over. */
  end(result?: Partial<TurnResult>): void;
  /** What it began goes on when it is told to stop. */
  ignoreCancel(): void;
}

/** One of them, as the session has it and as the test has it. */
export interface FakeSteering {
  readonly steering: Steering;
  readonly steered: Steered;
  /** The agent is gone. */
  lose(error: Error): void;
}

/** Something given to a fake agent. Left to itself it says nothing of it, and stops what it began when it is told to. */
export function fakeSteering(sessionId: SessionId, content: readonly ContentBlock[]): FakeSteering {
  const taken = new Deferred<Taken>();
  const ended = new Deferred<TurnResult>();
  ended.promise.catch(() => undefined);
  let withdrawn = 0;
  let isFollowed = false;
  let isDeaf = false;
  let stopped = 0;
  const steering: Steering = {
    taken: taken.promise,
    withdraw: () => void withdrawn++,
    stop() {
      stopped++;
      if (!isDeaf) ended.resolve({ outcome: 'cancelled' });
    },
    ended() {
      isFollowed = true;
      return ended.promise;
    },
  };
  const steered: Steered = {
    sessionId,
    content,
    get withdrawn() {
      return withdrawn;
    },
    get isFollowed() {
      return isFollowed;
    },
    get stopped() {
      return stopped;
    },
    land: (how) => taken.resolve(how),
    end: (result) => ended.resolve({ outcome: 'completed', ...result }),
    ignoreCancel: () => void (isDeaf = true),
  };
  return {
    steering,
    steered,
    lose(error) {
      taken.resolve({ how: 'unknown' });
      ended.reject(error);
    },
  };
}
