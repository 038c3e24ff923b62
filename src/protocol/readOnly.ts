import type { Method } from './methods.ts';

/**
 * What a client may ask for that said `readOnly` in `initialize`, like a window in Restricted Mode (law 10): to see, and
 * nothing that changes, starts, ends or costs something.
 */
export const READ_ONLY_METHODS: ReadonlySet<Method> = new Set<Method>([
  'artifact/list',
  'artifact/read',
  'blob/read',
  'rule/list',
  'runtime/status',
  'session/attach',
  'session/export',
  'session/get',
  'session/history',
  'session/leave',
  'session/list',
  'session/search',
]);

/** Why a request of such a client is refused. */
export const READ_ONLY_WORDS =
  'this window is in Restricted Mode, where sessions can be read and nothing is sent to them; trust its folder to work with them';
