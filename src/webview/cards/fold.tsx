import { useSignal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { Icon } from '../icon.tsx';

/**
 * A card with a line that says what it is and a body that can be folded away. Until a person folds or unfolds it,
 * `open` decides; its body is built only while it is open.
 */
export function Fold(properties: {
  open: boolean;
  className: string;
  label: string;
  summary: ComponentChildren;
  children: ComponentChildren;
}): VNode {
  const chosen = useSignal<boolean | undefined>(undefined);
  const open = chosen.value ?? properties.open;
  return (
    <section class={`row card ${properties.className} ${open ? 'open' : ''}`} aria-label={properties.label}>
      <button type="button" class="card-line" aria-expanded={open} onClick={() => (chosen.value = !open)}>
        {properties.summary}
        <Icon name={open ? 'chevron-down' : 'chevron-right'} className="twistie" />
      </button>
      {open && <div class="card-body">{properties.children}</div>}
    </section>
  );
}
