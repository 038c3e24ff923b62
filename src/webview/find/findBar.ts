/** What the bar tells. */
export interface FindActions {
  search(text: string): void;
  step(by: 1 | -1): void;
  close(): void;
}

/** The field that one types into, how many rows have it, and the ways to the next, the previous, and out. */
export class FindBar {
  readonly #t: (text: string, ...values: (string | number)[]) => string;
  readonly #actions: FindActions;
  readonly #bar = document.createElement('div');
  readonly #field = document.createElement('input');
  readonly #count = document.createElement('span');
  readonly #problem = document.createElement('div');

  constructor(t: (text: string, ...values: (string | number)[]) => string, actions: FindActions) {
    this.#t = t;
    this.#actions = actions;
    const label = t('Find in session');
    this.#bar.className = 'find-bar';
    this.#bar.role = 'search';
    this.#bar.ariaLabel = label;
    this.#field.className = 'text-input';
    this.#field.placeholder = label;
    this.#field.ariaLabel = label;
    this.#field.spellcheck = false;
    this.#count.className = 'find-count';
    this.#count.role = 'status';
    this.#problem.className = 'find-problem';
    this.#problem.role = 'alert';
    this.#bar.append(
      this.#field,
      this.#count,
      this.#button('arrow-up', t('Previous match (Shift+Enter)'), () => actions.step(-1)),
      this.#button('arrow-down', t('Next match (Enter)'), () => actions.step(1)),
      this.#button('close', t('Close (Escape)'), () => this.close()),
      this.#problem,
    );
    this.#field.addEventListener('input', () => actions.search(this.#field.value));
    this.#bar.addEventListener('keydown', (event) => this.#onKey(event));
    document.body.append(this.#bar);
  }

  focus(): void {
    this.#field.focus();
    this.#field.select();
  }

  /** Says which of how many matches is shown, counted from 0; `blank` says nothing. */
  count(at: number, all: number, blank = false): void {
    this.#count.textContent = blank
      ? ''
      : all === 0
        ? this.#t('No results')
        : this.#t('{0} of {1}', at + 1, all);
  }

  /** Says what does not work; empty when it does. */
  problem(text: string): void {
    this.#problem.textContent = text;
  }

  close(): void {
    this.#bar.remove();
    this.#actions.close();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter' && event.target === this.#field)
      this.#actions.step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }

  #button(icon: string, label: string, onClick: () => void): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'icon-button';
    button.title = label;
    button.ariaLabel = label;
    const picture = document.createElement('span');
    picture.className = `codicon codicon-${icon}`;
    picture.ariaHidden = 'true';
    button.append(picture);
    button.addEventListener('click', onClick);
    return button;
  }
}
