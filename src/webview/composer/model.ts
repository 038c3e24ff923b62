import { signal } from '@preact/signals';
import { errorText } from '../../base/errorText.ts';
import type { ContentBlock } from '../../protocol/content.ts';
import type { InteractionId, SessionId, TurnId } from '../../protocol/ids.ts';
import type { Attachment, DraftImage, DraftParts, PageParams, PromptOptions } from '../../protocol/page.ts';
import type { PageContext } from '../context.ts';
import { putBack, type Again, type Unsent } from '../insert.ts';
import { asWritten } from './again.ts';
import { Aside, withoutImages } from './aside.ts';
import type { PromptOption } from './promptOptions.tsx';
import { rewrite } from './writing.ts';

/** An open question that is plain text, which the composer then answers (W1). */
export interface TextQuestion {
  readonly interactionId: InteractionId;
  readonly questionId: string;
  readonly text: string;
}

const nothing: DraftParts = { attachments: [], options: {} };

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
  /** What waited next when the running turn was cancelled here, which runs then, and the turn that it comes after. */
  readonly wentOn = signal<{ readonly after: TurnId | undefined; readonly next: TurnId } | undefined>(
    undefined,
  );
  /** What made room for something else. */
  readonly aside: Aside;
  /** The images that the extension keeps. */
  #images: readonly DraftImage[] = [];
  /** The question that the next text answers. */
  answering: TextQuestion | undefined;
  field: HTMLTextAreaElement | null = null;

  constructor(page: PageContext, sessionId: SessionId) {
    this.page = page;
    this.sessionId = sessionId;
    this.aside = new Aside(this);
    this.text.value = page.host.kept('drafts', sessionId) ?? '';
    this.goWith(page.host.kept('draftParts', sessionId) ?? nothing);
  }

  /** Keeps what is written, for a page that is shown again; images are too large for the page, and the extension keeps them. */
  keep(): void {
    const { host } = this.page;
    host.keep('drafts', this.sessionId, this.text.value || undefined);
    const parts = withoutImages({ attachments: this.attachments.value, options: this.options.value });
    const isNothing = parts.attachments.length + Object.keys(parts.options).length === 0;
    host.keep('draftParts', this.sessionId, isNothing ? undefined : parts);
    const images = this.attachments.value.flatMap(({ name, block }) =>
      block.type === 'image' ? [{ name, block }] : [],
    );
    const isKept =
      images.length === this.#images.length &&
      images.every(({ block }, index) => block === this.#images[index]?.block);
    if (isKept) return;
    this.#images = images;
    host.post({ type: 'keepImages', sessionId: this.sessionId, images });
  }

  /** Takes back the images that were kept of this draft. */
  restore(images: readonly DraftImage[]): void {
    const { attachments } = this;
    const has = ({ name }: DraftImage): boolean => attachments.peek().some((each) => each.name === name);
    const lost = images.filter((image) => !has(image));
    attachments.value = [
      ...attachments.peek(),
      ...lost.map(({ name, block }) => ({ icon: 'file-media', name, block })),
    ];
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
    this.problem.value = undefined;
    this.aside.forget(text);
    const sent = answering === undefined ? { text, ...before } : { text, ...nothing };
    // A page that ends before it hears of it leaves it among what was put aside.
    const release = this.aside.hold(sent);
    this.text.value = '';
    if (answering === undefined) this.goWith(nothing);
    await this.try(
      () =>
        answering === undefined
          ? this.#prompt(text, blocks, { ...before.options, ...(mode !== undefined && { mode }) })
          : this.#answer(answering, text),
      () => this.giveBack(sent),
    );
    release();
  }

  /** Puts back what could not be sent; what was written meanwhile stays behind it. */
  putBack({ text, attachments, options }: Unsent): void {
    this.text.value = this.text.value === '' ? text : `${text}\n${this.text.value}`;
    this.goWith({
      attachments: [...attachments, ...this.attachments.value],
      options: { ...options, ...this.options.value },
    });
  }

  /** What could not be sent is not lost, also where the page shows something else by now. */
  giveBack(unsent: Unsent): void {
    if (putBack(this.sessionId, unsent)) return;
    const draft = new ComposerModel(this.page, this.sessionId);
    draft.putBack(unsent);
    draft.keep();
  }

  /** Ends the turn that runs; what waits goes on. */
  cancel(): Promise<void> {
    const { turn, queue = [] } = this.page.store.head.peek() ?? {};
    const next = queue[0]?.turnId;
    const wentOn = next === undefined ? undefined : { after: turn?.turnId, next };
    this.wentOn.value = wentOn;
    const stays = (): void => {
      if (this.wentOn.peek() === wentOn) this.wentOn.value = undefined;
    };
    return this.try(async () => {
      const { cancelled } = await this.page.host.request('session/cancel', this.sessionId, {});
      if (!cancelled) stays();
    }, stays);
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

  /** Takes up again what was sent; what stands here makes room for it, and is kept. */
  edit({ content, options = {} }: Again): void {
    const { text, attachments } = asWritten(content);
    this.aside.put(text);
    this.problem.value = undefined;
    rewrite(this, text);
    this.goWith({ attachments, options });
  }

  /** Replaces what goes with the text. */
  goWith({ attachments, options }: DraftParts): void {
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
