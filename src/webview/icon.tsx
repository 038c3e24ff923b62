import type { VNode } from 'preact';

/** A codicon, by its name; decoration alone, so the words beside it must suffice. */
export function Icon({
  name,
  spin = false,
  className = '',
}: {
  name: string;
  spin?: boolean;
  className?: string;
}): VNode {
  return <span class={`codicon codicon-${name} ${spin ? 'spin' : ''} ${className}`} aria-hidden="true" />;
}

/** A button that is an icon alone; `label` is its name and its tooltip. */
export function IconButton(properties: {
  icon: string;
  label: string;
  onClick: () => void;
  className?: string;
  disabled?: boolean;
}): VNode {
  const { icon, label, onClick, className = '', disabled = false } = properties;
  return (
    <button
      type="button"
      class={`icon-button ${className}`}
      title={label}
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
