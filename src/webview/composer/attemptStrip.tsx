import type { VNode } from 'preact';
import { usePage } from '../context.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';

/** Which attempt runs of a prompt that goes on until green (G1). */
export function AttemptStrip(): VNode | null {
  const { store } = usePage();
  const check = store.head.value?.turn?.check;
  if (check === undefined) return null;
  return (
    <div class="strip attempt" role="status">
      <Icon name="beaker" />
      <span>{t('Until green: attempt {0} of {1}', check.attempt, check.max)}</span>
    </div>
  );
}
