import { t } from '../words.ts';

/** The button that shows a diagram's source in the place of its picture, and the picture again. */
export function sourceButton(frame: HTMLElement, pre: HTMLElement): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'icon-button';
  button.title = t('Show source');
  button.setAttribute('aria-label', t('Show source'));
  button.setAttribute('aria-pressed', 'false');
  const icon = document.createElement('span');
  icon.className = 'codicon codicon-code';
  icon.setAttribute('aria-hidden', 'true');
  button.append(icon);
  button.addEventListener('click', () => {
    pre.hidden = !pre.hidden;
    frame.hidden = !pre.hidden;
    button.setAttribute('aria-pressed', String(!pre.hidden));
  });
  return button;
}
