import type { ChannelState, DialState } from '../client/index.ts';
import type { HoldfastError } from '../protocol/errors.ts';
import type { ConnectionView } from '../protocol/page.ts';
import { saidError } from './saidError.ts';
import { english, type Translate } from './words.ts';

/** All that decides how a window's connection is shown. */
export interface ConnectionFacts {
  readonly trusted: boolean;
  /** Absent while the window has not begun to connect. */
  readonly channel: ChannelState | undefined;
  readonly dial: DialState | undefined;
  readonly problem: HoldfastError | undefined;
  /** Why the runtime cannot store anything, while it cannot. */
  readonly storageProblem: string | undefined;
}

/** Where a window's connection stands, in the words of U8. Pure. */
export function connectionView(
  { trusted, channel, dial, problem, storageProblem }: ConnectionFacts,
  t: Translate = english,
): ConnectionView {
  if (!trusted) return { state: 'restricted', isReading: channel === 'connected' };
  switch (channel) {
    case 'connected':
      return { state: 'connected', storageProblem };
    case 'incompatible':
      return { state: 'incompatible', detail: problem && saidError(problem, t) };
    case undefined:
    case 'closed':
      return { state: 'stopped', detail: problem && saidError(problem, t) };
    case 'starting':
    case 'reconnecting':
      return {
        state: channel,
        detail: dial?.lastError && saidError(dial.lastError, t),
        nextAttemptAt: dial?.state === 'waiting' ? dial.nextAttemptAt : undefined,
      };
  }
}

/**
 * What `holdfast.connection` says in `when` clauses: the state, but for a start that failed and is tried again, which is no longer one
 * to wait for in silence. Pure.
 */
export function connectionKey({ state, detail }: ConnectionView): ConnectionView['state'] | 'failing' {
  return state === 'starting' && detail !== undefined ? 'failing' : state;
}
