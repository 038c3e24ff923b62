import { signal } from '@preact/signals';
import { errorText } from '../../base/errorText.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import type { InteractionId, SessionId } from '../../protocol/ids.ts';
import type { Attachment, DraftParts, PageParams, PromptOptions } from '../../protocol/page.ts';
import type { PageContext } from '../context.ts';
import type { PromptOption } from './promptOptions.tsx';

/** An open question that is plain text, which the composer then answers (W1). */
export interface TextQuestion {
  readonly interactionId: InteractionId;
  readonly questionId: string;
  readonly text: string;
}

/** What is written for a session, until it is sent. Made anew for each session that is shown. */
export class ComposerModel {
  readonly page: PageContext;
  readonly sessionId: SessionId;
  readonly text = signal('');
  /** What goes with the text. */
  readonly attachments = signal<readonly Attachment[]>([]);
  readonly options = signal<PromptOptions>({});
  /** Which command around the prompt the person is being asked for. */
  readonly asking = signal<PromptOption | undefined>(undefined);
  /** Why the last thing did not work. */
  readonly problem = signal<string | undefined>(undefined);
  /** The list of suggestions and the one that Enter takes, for assistive technology. */
  readonly suggesting = signal<{ readonly list: string; readonly active: string } | undefined>(undefined);
  /** The question that the next text answers. */
  answering: TextQuestion | undefined;
  field: HTMLTextAreaElement | null = null;

  constructor(page: PageContext, sessionId: SessionId) {
    this.page = page;
    this.sessionId = sessionId;
    this.text.value = page.host.draft(sessionId);
    const parts = page.host.draftParts(sessionId);
    this.attachments.value = parts?.attachments ?? [];
    this.options.value = parts?.options ?? {};
  }

  /** Keeps what is written, for a page that is shown again; images are too large for that. */
  keep(): void {
    const { host } = this.page;
    host.saveDraft(this.sessionId, this.text.value);
    const attachments = this.attachments.value.filter(({ block }) => block.type !== 'image');
    const options = this.options.value;
    const parts: DraftParts | undefined =
      attachments.length + Object.keys(options).length === 0 ? undefined : { attachments, options };
    host.saveDraftParts(this.sessionId, parts);
  }

  /** What goes with the text as it stands: what the person took out of it stays behind. */
  attached(): readonly Attachment[] {
    const text = this.text.value;
    return this.attachments.value.filter(({ token }) => token === undefined || text.includes(token));
  }

  /** Whether there is something to send. */
  get empty(): boolean {
    return this.text.value.trim() === '' && this.attached().length === 0;
  }

  /** Sends what is written, as the answer to the open question or as a prompt. Nothing is lost when that fails. */
  async send(mode?: PageParams<'session/prompt'>['mode']): Promise<void> {
    if (this.empty || this.page.store.connection.value.state !== 'connected') return;
    const { answering } = this;
    const text = this.text.value;
    const before = { attachments: this.attachments.value, options: this.options.value };
    const blocks = this.attached().map(({ block }) => block);
    this.text.value = '';
    this.problem.value = undefined;
    if (answering === undefined) this.#set({ attachments: [], options: {} });
    await this.try(
      () =>
        answering === undefined
          ? this.#prompt(text, blocks, { ...before.options, ...(mode !== undefined && { mode }) })
          : this.#answer(answering, text),
      () => {
        // What could not be sent is not lost, and what was typed meanwhile stays behind it.
        this.text.value = this.text.value === '' ? text : `${text}\n${this.text.value}`;
        if (answering === undefined)
          this.#set({
            attachments: [...before.attachments, ...this.attachments.value],
            options: { ...before.options, ...this.options.value },
          });
      },
    );
  }

  cancel(): Promise<void> {
    return this.try(() => this.page.host.request('session/cancel', this.sessionId, {}));
  }

  /** Does something, and shows why where it does not work. */
  async try(act: () => Promise<unknown>, undo = (): void => {}): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.problem.value = errorText(error);
      undo();
    }
  }

  #set({ attachments, options }: DraftParts): void {
    this.attachments.value = attachments;
    this.options.value = options;
  }

  #prompt(
    text: string,
    blocks: readonly ContentBlock[],
    options: Partial<PageParams<'session/prompt'>>,
  ): Promise<unknown> {
    const content: ContentBlock[] = text.trim() === '' ? [...blocks] : [{ type: 'text', text }, ...blocks];
    return this.page.host.request('session/prompt', this.sessionId, { content, ...options });
  }

  #answer({ interactionId, questionId }: TextQuestion, text: string): Promise<unknown> {
    const answer = { kind: 'values' as const, values: { [questionId]: text } };
    return this.page.host.request('session/answer', this.sessionId, { interactionId, answer });
  }
}
