import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../icon.tsx';

/** One line of a menu. With `heading`, a line above it says what follows. */
export interface MenuEntry {
  readonly name: string;
  readonly description?: string | undefined;
  readonly icon?: string | undefined;
  /** Whether it is what holds now; absent for what is done once. */
  readonly checked?: boolean | undefined;
  readonly heading?: string | undefined;
  pick(): void;
}

/** How long letters typed into a menu count as one word, in milliseconds. */
const TYPING_MS = 700;

/** A button with a menu: arrows, Home, End and first letters move, Enter picks, Escape leaves. It opens above the composer. */
export function MenuButton(properties: {
  readonly icon?: string;
  readonly text?: string;
  /** What the icon means, in a word that is shown where there is room. */
  readonly word?: string;
  readonly label: string;
  readonly className?: string;
  readonly disabled?: boolean;
  entries(): readonly MenuEntry[];
}): VNode {
  const { icon, text, word, label, className = '', disabled = false, entries } = properties;
  const open = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    open.value = false;
    button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={`tool-button ${className}`}
        title={label}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open.value}
        disabled={disabled}
        // The menu closes when it loses the focus, which a press would take first.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => (open.value = !open.value)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
          event.preventDefault();
          open.value = true;
        }}
      >
        {icon !== undefined && <Icon name={icon} />}
        {text !== undefined && <span class="ellipsis">{text}</span>}
        {word !== undefined && <span class="icon-word">{word}</span>}
      </button>
      {open.value && (
        <Menu label={label} entries={entries()} close={close} lost={() => (open.value = false)} />
      )}
    </>
  );
}

function Menu(properties: {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  close(): void;
  lost(): void;
}): VNode {
  const { label, entries, close, lost } = properties;
  const menu = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const items = (): HTMLElement[] => [
    ...(menu.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? []),
  ];
  // At once: the next key belongs to the menu.
  useLayoutEffect(() => {
    const all = items();
    (all.find((item) => item.ariaChecked === 'true') ?? all[0])?.focus();
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const { key } = event;
    if (key === 'ArrowDown') all[(at + 1) % all.length]?.focus();
    else if (key === 'ArrowUp') all.at(at - 1)?.focus();
    else if (key === 'Home') all[0]?.focus();
    else if (key === 'End') all.at(-1)?.focus();
    else if (key === 'Escape' || key === 'Tab') close();
    else if (key.length === 1 && key !== ' ' && !event.ctrlKey && !event.metaKey) {
      const now = performance.now();
      const { text, at: before } = typed.current;
      typed.current = { text: (now - before < TYPING_MS ? text : '') + key.toLowerCase(), at: now };
      all.find((item) => item.textContent.toLowerCase().startsWith(typed.current.text))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={menu}
      class="popup menu"
      role="menu"
      aria-label={label}
      onKeyDown={onKeyDown}
      onFocusOut={({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node && menu.current?.contains(relatedTarget) === true)) lost();
      }}
    >
      {entries.map(({ name, description, icon, checked, heading, pick }, index) => (
        <>
          {heading !== undefined && (
            <div class="menu-heading" role="presentation">
              {heading}
            </div>
          )}
          <button
            key={index}
            type="button"
            class="popup-row"
            role={checked === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={checked}
            tabIndex={-1}
            onClick={() => {
              close();
              pick();
            }}
          >
            <Icon name={icon ?? (checked === true ? 'check' : 'blank')} />
            <span class="popup-name">{name}</span>
            {description !== undefined && <span class="popup-detail">{description}</span>}
          </button>
        </>
      ))}
    </div>
  );
}
