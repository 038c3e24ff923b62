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

/** The look of a session in the page, by what the person should notice first. */
export function phaseLook(phase: Phase, attention: Attention): PhaseLook {
  switch (phase) {
    case 'opening':
      return { icon: 'loading', spin: true, label: t('Starting'), tone: 'working' };
    case 'running':
      return { icon: 'loading', spin: true, label: t('Working'), tone: 'working' };
    case 'waiting':
      return { icon: 'bell-dot', label: t('Needs you'), tone: 'needs' };
    case 'ended':
      return { icon: 'archive', label: t('Ended'), tone: 'quiet' };
    case 'detached':
      return attention === 'failed'
        ? { icon: 'error', label: t('Failed'), tone: 'bad' }
        : { icon: 'debug-disconnect', label: t('Detached'), tone: 'quiet' };
    case 'idle':
      if (attention === 'failed') return { icon: 'error', label: t('Failed'), tone: 'bad' };
      if (attention === 'finished') return { icon: 'pass', label: t('Finished'), tone: 'good' };
      return { icon: 'circle-outline', label: t('Idle'), tone: 'quiet' };
    default:
      return unreachable(phase);
  }
}
