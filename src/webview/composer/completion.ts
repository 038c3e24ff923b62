import { signal } from '@preact/signals';
import { fuzzyBest } from '../../base/fuzzy.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import { MENTIONED_TEXTS, type Mention, type MentionedText } from '../../protocol/composer.ts';
import type { ComposerModel } from './model.ts';
import { attach, iconOf, mentionBlock, tokenOf } from './mentions.ts';
import { triggerOf, type Trigger } from './triggers.ts';
import { typeInto } from './writing.ts';

/** One line of what is suggested. */
export interface Suggestion {
  readonly name: string;
  readonly detail: string | undefined;
  readonly icon: string;
  take(): void;
}

/** Lines that are suggested at once. */
const MOST = 50;
/** How long typing may go on before the editor is asked, in milliseconds. */
const PAUSE_MS = 80;

/** Suggests commands of the agent after `/`, and what a prompt can point to after `@`. */
export class Completion {
  readonly listId = 'suggestions';
  readonly shown = signal<readonly Suggestion[]>([]);
  readonly active = signal(0);
  readonly kind = signal<Trigger['kind'] | undefined>(undefined);
  /** Whether an answer is still on its way. */
  readonly searching = signal(false);
  readonly #model: ComposerModel;
  #trigger: Trigger | undefined;
  /** Where a list was closed by hand: it stays closed until something else is typed. */
  #closedAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts questions: only the answers to the last one count. */
  #asked = 0;

  constructor(model: ComposerModel) {
    this.#model = model;
  }

  /** Looks at what stands before the cursor. */
  look(): void {
    const { field, page, answering } = this.#model;
    const isShell = page.store.head.peek()?.agent.kind === 'shell';
    const caret = field?.selectionStart ?? 0;
    const isPlain = field !== null && caret === field.selectionEnd && answering === undefined && !isShell;
    const trigger = isPlain ? triggerOf(field.value.slice(0, caret)) : undefined;
    if (trigger?.from !== this.#closedAt) this.#closedAt = undefined;
    if (trigger === undefined || trigger.from === this.#closedAt) return this.#close();
    if (trigger.kind === this.kind.peek() && trigger.query === this.#trigger?.query) return;
    if (trigger.kind === 'command') this.#suggestCommands(trigger);
    else this.#suggestMentions(trigger);
  }

  keyDown(event: KeyboardEvent): boolean {
    const count = this.shown.peek().length;
    if (this.kind.peek() === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === 'Escape') {
      this.#closedAt = this.#trigger?.from;
      this.#close();
    } else if (count === 0) return false;
    else if (event.key === 'ArrowDown') this.#activate((this.active.peek() + 1) % count);
    else if (event.key === 'ArrowUp') this.#activate((this.active.peek() - 1 + count) % count);
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) this.take(this.active.peek());
    else return false;
    event.preventDefault();
    return true;
  }

  /** Takes a suggestion by its place. */
  take(index: number): void {
    this.shown.peek()[index]?.take();
    this.#close();
  }

  /** Closes the list when the field is left. */
  leave(): void {
    this.#close();
  }

  dispose(): void {
    this.#close();
  }

  #suggestCommands(trigger: Trigger): void {
    const commands = this.#model.page.store.head.peek()?.commands ?? [];
    const best = fuzzyBest(trigger.query, commands, ({ name }) => name, MOST);
    if (best.length === 0) return this.#close();
    this.#open(trigger);
    this.#show(
      best.map(({ name, description, hint }) => ({
        name: hint === undefined ? `/${name}` : `/${name} ${hint}`,
        detail: description,
        icon: 'terminal',
        take: () => this.#replace(`/${name} `),
      })),
    );
  }

  #suggestMentions(trigger: Trigger): void {
    this.#open(trigger);
    this.searching.value = true;
    const asked = ++this.#asked;
    this.#timer = setTimeout(() => void this.#search(trigger.query, asked), PAUSE_MS);
  }

  /** Files come first; symbols, which may take long, join them. */
  async #search(query: string, asked: number): Promise<void> {
    const { host } = this.#model.page;
    let found: readonly Mention[] = [];
    const take = async (kind: 'files' | 'symbols'): Promise<void> => {
      const answer = await host.ask<readonly Mention[]>({ kind, query }).catch(() => []);
      if (asked !== this.#asked) return;
      found = kind === 'files' ? [...answer, ...found] : [...found, ...answer];
      this.#show(found.slice(0, MOST).map((mention) => this.#suggestion(mention)));
    };
    const files = take('files');
    await (query.length < 2 ? files : Promise.all([files, take('symbols')]));
    if (asked === this.#asked) this.searching.value = false;
  }

  #suggestion(mention: Mention): Suggestion {
    return {
      name: mention.name,
      detail: mention.detail,
      icon: iconOf(mention),
      take: () => void this.#mention(mention),
    };
  }

  async #mention(mention: Mention): Promise<void> {
    this.#replace(`${tokenOf(mention)} `);
    await this.#model.try(async () => {
      const { kind, uri } = mention;
      const block = isText(kind)
        ? await this.#model.page.host.ask<ContentBlock | undefined>({ kind: 'content', of: kind, uri })
        : mentionBlock(mention);
      if (block !== undefined) attach(this.#model, mention, block);
    });
  }

  #replace(text: string): void {
    const { field } = this.#model;
    if (field !== null && this.#trigger !== undefined)
      typeInto(this.#model, this.#trigger.from, field.selectionStart, text);
  }

  #open(trigger: Trigger): void {
    clearTimeout(this.#timer);
    if (trigger.kind !== this.kind.peek()) this.shown.value = [];
    this.#trigger = trigger;
    this.kind.value = trigger.kind;
  }

  #show(suggestions: readonly Suggestion[]): void {
    this.shown.value = suggestions;
    this.#activate(0);
  }

  #activate(index: number): void {
    this.active.value = index;
    const active = `${this.listId}-${index}`;
    this.#model.suggesting.value = this.shown.peek().length === 0 ? undefined : { list: this.listId, active };
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#asked++;
    this.#trigger = undefined;
    this.kind.value = undefined;
    this.shown.value = [];
    this.searching.value = false;
    this.#model.suggesting.value = undefined;
  }
}

function isText(kind: Mention['kind']): kind is MentionedText {
  return (MENTIONED_TEXTS as readonly Mention['kind'][]).includes(kind);
}
