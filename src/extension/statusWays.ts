import { canRead, type ConnectionView } from '../protocol/page.ts';

/** What a person can do about a connection. */
export type ConnectionWay = 'retry' | 'restart' | 'doctor' | 'log' | 'trust' | 'runtime';

/** What helps where the connection stands so, the likeliest first (U8). Pure. */
export function waysOf({ state, storageProblem }: ConnectionView): ConnectionWay[] {
  switch (state) {
    case 'starting':
    case 'reconnecting':
    case 'stopped':
      return ['retry', 'doctor', 'log', 'runtime'];
    case 'incompatible':
      return ['restart', 'doctor', 'log', 'runtime'];
    case 'restricted':
      return ['trust', 'log'];
    case 'connected':
      return storageProblem === undefined
        ? ['runtime', 'doctor', 'log', 'restart']
        : ['doctor', 'log', 'runtime'];
  }
}

/** Whether something is wrong with the connection that is more worth a click than the sessions are. Pure. */
export function needsHelp(view: ConnectionView): boolean {
  return !canRead(view) || view.storageProblem !== undefined;
}
