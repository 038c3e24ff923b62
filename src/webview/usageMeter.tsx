import type { VNode } from 'preact';
import { usePage } from './context.ts';
import { t } from './words.ts';

/** How much of the agent's context window is used, and what the session cost so far; nothing while neither is known. */
export function UsageMeter(): VNode | null {
  const { store } = usePage();
  const { usedTokens, windowTokens, cost } = store.head.value?.usage ?? {};
  const price = cost === undefined ? '' : money(cost.amount, cost.currency);
  const known = usedTokens !== undefined && windowTokens !== undefined && windowTokens > 0;
  if (!known)
    return price === '' ? null : (
      <span class="usage" title={t('Cost so far')}>
        {price}
      </span>
    );
  const share = Math.min(1, usedTokens / windowTokens);
  const percent = Math.round(share * 100);
  const words = t(
    'Context: {0} of {1} tokens ({2} %)',
    usedTokens.toLocaleString(),
    windowTokens.toLocaleString(),
    percent,
  );
  return (
    <span
      class={`usage ${share > 0.85 ? 'tone-needs' : ''}`}
      title={price === '' ? words : `${words} · ${price}`}
    >
      <meter class="usage-bar" min={0} max={1} value={share} aria-label={words} />
      <span aria-hidden="true">{percent} %</span>
    </span>
  );
}

function money(amount: number, currency: string): string {
  try {
    return amount.toLocaleString(undefined, { style: 'currency', currency });
  } catch {
    // Not a currency that the browser knows.
    return `${amount} ${currency}`;
  }
}
