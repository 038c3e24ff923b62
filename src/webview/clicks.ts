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
    const tool = event.target.closest<HTMLElement>('[data-code-tool]');
    const code = tool?.closest('.code-block')?.querySelector<HTMLElement>('pre > code');
    if (tool !== null && code !== null && code !== undefined) handCode(tool, code, host);
  };
  root.addEventListener('click', onClick);
  root.addEventListener('auxclick', onClick);
}

/** Hands the code of a block to whom its button means. */
function handCode(tool: HTMLElement, code: HTMLElement, host: Host): void {
  const text = code.textContent;
  switch (tool.dataset['codeTool']) {
    case 'copy':
      host.post({ type: 'copy', text });
      return confirmCopy(tool);
    case 'insert':
      return host.post({ type: 'insertCode', code: text });
    default:
      return host.post({ type: 'applyCode', code: text, file: code.dataset['file'] });
  }
}

/** Shows for a moment that it worked. */
function confirmCopy(button: HTMLElement): void {
  const icon = button.querySelector('.codicon');
  icon?.classList.replace('codicon-copy', 'codicon-check');
  setTimeout(() => icon?.classList.replace('codicon-check', 'codicon-copy'), 1200);
}
