import type { Host } from './host.ts';

/** Handles clicks inside text that an agent wrote: links go to the extension, code is copied. */
export function handleClicks(root: HTMLElement, host: Host): void {
  const onClick = (event: MouseEvent): void => {
    if (!(event.target instanceof Element)) return;
    const link = event.target.closest('a');
    if (link !== null) {
      // The editor would open a link by itself; what may be opened is for the extension to decide.
      event.preventDefault();
      event.stopPropagation();
      const href = link.getAttribute('href');
      if (href !== null && event.button <= 1) host.post({ type: 'openLink', href });
      return;
    }
    const copy = event.target.closest<HTMLElement>('.copy-code');
    const code = copy?.closest('.code-block')?.querySelector('code');
    if (copy === null || code === null || code === undefined) return;
    host.post({ type: 'copy', text: code.textContent });
    confirmCopy(copy);
  };
  root.addEventListener('click', onClick);
  root.addEventListener('auxclick', onClick);
}

/** Shows for a moment that it worked. */
function confirmCopy(button: HTMLElement): void {
  const icon = button.querySelector('.codicon');
  icon?.classList.replace('codicon-copy', 'codicon-check');
  setTimeout(() => icon?.classList.replace('codicon-check', 'codicon-copy'), 1200);
}
