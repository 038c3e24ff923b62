import type { VNode } from 'preact';
import { usePage } from '../context.ts';
import { Icon } from '../icon.tsx';
import { t } from '../words.ts';

/** The agent's plan, folded to its current step. */
export function PlanStrip(): VNode | null {
  const { store } = usePage();
  const plan = store.head.value?.plan ?? [];
  if (plan.length === 0) return null;
  const done = plan.filter(({ status }) => status === 'completed').length;
  const current = plan.find(({ status }) => status === 'in_progress');
  return (
    <details class="strip plan">
      <summary>
        <Icon name="chevron-right" className="twistie" />
        <span>{t('Plan {0}/{1}', done, plan.length)}</span>
        {current !== undefined && <span class="strip-detail ellipsis">{current.content}</span>}
      </summary>
      <ol class="plan-steps">
        {plan.map(({ content, status }, index) => (
          <li key={index} class={`plan-step plan-${status}`}>
            <Icon name={planIcons[status] ?? 'circle-outline'} spin={status === 'in_progress'} />
            <span>{content}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

const planIcons: Record<string, string> = {
  completed: 'pass-filled',
  in_progress: 'loading',
  pending: 'circle-outline',
};
