import type { ChannelState, DialState } from '../client/index.ts';
import type { HoldfastError } from '../protocol/errors.ts';
import type { ConnectionView } from '../protocol/page.ts';
import { saidError } from './saidError.ts';
import { english, type Translate } from './words.ts';

/** How it stands with a remote host. `idle`: nobody wanted anything of it yet. */
export interface HostView {
  readonly state:
    | 'idle'
    | 'connecting'
    | 'connected'
    | 'reconnecting'
    | 'unreachable'
    | 'incompatible'
    /** It does not take the token, or there is none. */
    | 'refused';
  /** What is wrong, for a person. */
  readonly detail?: string | undefined;
  /** When the next attempt begins, in milliseconds since the epoch, while one is waited for. */
  readonly nextAttemptAt?: number | undefined;
  /** Why it takes no prompts although it is connected. */
  readonly storageProblem?: string | undefined;
}

/** All that decides how a remote host is shown. */
export interface HostFacts {
  /** Absent while no connection is wanted. */
  readonly channel?: ChannelState | undefined;
  readonly dial?: DialState | undefined;
  /** Why there is no connection and none is tried. */
  readonly problem?: HoldfastError | undefined;
  /** Whether its address and token are being looked up. */
  readonly preparing: boolean;
  readonly storageProblem?: string | undefined;
}

/** How it stands with a remote host, in the words of U8. Pure. */
export function hostView(
  { channel, dial, problem, preparing, storageProblem }: HostFacts,
  t: Translate = english,
): HostView {
  switch (channel) {
    case 'connected':
      return { state: 'connected', storageProblem };
    case 'incompatible':
      return { state: 'incompatible', detail: problem && saidError(problem, t) };
    case 'starting':
    case 'reconnecting':
      return dial?.lastError === undefined
        ? { state: channel === 'starting' ? 'connecting' : 'reconnecting' }
        : {
            state: 'unreachable',
            detail: saidError(dial.lastError, t),
            nextAttemptAt: dial.state === 'waiting' ? dial.nextAttemptAt : undefined,
          };
    case undefined:
    case 'closed':
      if (problem === undefined) return { state: preparing ? 'connecting' : 'idle' };
      return {
        state: problem.kind === 'accessRefused' ? 'refused' : 'unreachable',
        detail: saidError(problem, t),
      };
  }
}

/** The same for a page that shows a session of the host. Pure. */
export function hostConnectionView(host: string, view: HostView): ConnectionView {
  const { detail, nextAttemptAt, storageProblem } = view;
  switch (view.state) {
    case 'idle':
    case 'connecting':
      return { state: 'starting', host };
    case 'connected':
      return { state: 'connected', host, storageProblem };
    case 'reconnecting':
    case 'unreachable':
      return { state: 'reconnecting', host, detail, nextAttemptAt };
    case 'incompatible':
      return { state: 'incompatible', host, detail };
    case 'refused':
      return { state: 'stopped', host, detail };
  }
}
