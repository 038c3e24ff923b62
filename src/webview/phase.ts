import { unreachable } from '../base/unreachable.ts';
import type { Attention } from '../protocol/attention.ts';
import type { Phase } from '../protocol/head.ts';
import { t } from './words.ts';

/** How a phase looks and is called. `tone` is a class that carries the colour. */
export interface PhaseLook {
  readonly icon: string;
  readonly spin?: boolean;
  readonly label: string;
  readonly tone: 'quiet' | 'working' | 'needs' | 'good' | 'bad';
}

/** What decides how a session looks; `failed` as `hasFailed` says it. */
export interface Standing {
  readonly phase: Phase;
  readonly attention: Attention;
  readonly archived: boolean;
  readonly failed: boolean;
}

/** The look of a session in the page, by what the person should notice first: the same as in the list (U1). Pure. */
export function phaseLook({ phase, attention, archived, failed }: Standing): PhaseLook {
  if (archived && phase !== 'running' && phase !== 'waiting')
    return { icon: 'archive', label: t('Archived'), tone: 'quiet' };
  switch (phase) {
    case 'opening':
      return { icon: 'loading', spin: true, label: t('Starting'), tone: 'working' };
    case 'running':
      return { icon: 'loading', spin: true, label: t('Working'), tone: 'working' };
    case 'waiting':
      return { icon: 'bell-dot', label: t('Needs you'), tone: 'needs' };
    case 'ended':
    case 'detached':
    case 'idle':
      if (failed || attention === 'failed') return { icon: 'error', label: t('Failed'), tone: 'bad' };
      if (phase === 'ended') return { icon: 'circle-slash', label: t('Ended'), tone: 'quiet' };
      if (attention === 'finished') return { icon: 'pass', label: t('Finished'), tone: 'good' };
      return phase === 'idle'
        ? { icon: 'circle-outline', label: t('Idle'), tone: 'quiet' }
        : { icon: 'debug-disconnect', label: t('Detached'), tone: 'quiet' };
    default:
      return unreachable(phase);
  }
}
