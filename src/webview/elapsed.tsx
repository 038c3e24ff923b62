import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { shortDuration } from './duration.ts';
import { t } from './words.ts';

/** How long something has been running, counting on by whole seconds: tenths would flicker. */
export function Elapsed({ since }: { since: number }): VNode | null {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 1000);
    return () => clearInterval(timer);
  }, [now]);
  const seconds = Math.max(0, Math.floor((now.value - since) / 1000));
  if (seconds === 0) return null;
  return <span class="elapsed">{seconds < 60 ? t('{0} s', seconds) : shortDuration(seconds * 1000)}</span>;
}
