import { unreachable } from '../base/unreachable.ts';
import type { HostView } from './hostView.ts';
import type { Look } from './sessionLook.ts';
import type { Translate } from './words.ts';

/** A sentence in a tree, and the command that helps. */
export interface NoteLook {
  readonly icon: string;
  readonly text: string;
  readonly command?: string | undefined;
}

/** How a remote host looks in trees and pickers. Pure. */
export function hostLook({ state, storageProblem }: HostView, t: Translate): Look {
  switch (state) {
    case 'idle':
      return { icon: 'remote', label: t('not connected') };
    case 'connecting':
      return { icon: 'loading~spin', label: t('connecting…') };
    case 'connected':
      return storageProblem === undefined
        ? { icon: 'remote', label: t('connected') }
        : { icon: 'error', colour: 'errorForeground', label: t('cannot write to its journal') };
    case 'reconnecting':
      return { icon: 'sync~spin', label: t('reconnecting…') };
    case 'unreachable':
      return {
        icon: 'debug-disconnect',
        colour: 'notificationsWarningIcon.foreground',
        label: t('unreachable'),
      };
    case 'incompatible':
      return { icon: 'warning', colour: 'notificationsWarningIcon.foreground', label: t('another version') };
    case 'refused':
      return { icon: 'lock', colour: 'notificationsWarningIcon.foreground', label: t('token refused') };
    default:
      return unreachable(state);
  }
}

/** What stands below a host that cannot be used now: what is wrong, then what can be done. Pure. */
export function hostNotes({ state, detail, storageProblem }: HostView, t: Translate): NoteLook[] {
  switch (state) {
    case 'idle':
    case 'connecting':
    case 'reconnecting':
      return [];
    case 'connected':
      return storageProblem === undefined ? [] : [{ icon: 'error', text: storageProblem }];
    case 'unreachable':
    case 'incompatible':
      return [
        { icon: 'info', text: detail ?? '' },
        { icon: 'refresh', text: t('Retry'), command: 'holdfast.retryRemote' },
      ];
    case 'refused':
      return [
        { icon: 'info', text: detail ?? '' },
        { icon: 'key', text: t('Sign In Again…'), command: 'holdfast.signInRemote' },
      ];
    default:
      return unreachable(state);
  }
}
