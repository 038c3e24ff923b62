import type { BlobRef } from './blob.ts';
import type { ComposerAsk } from './composer.ts';
import type { ContentBlock } from './content.ts';
import type { Envelope } from './events.ts';
import type { ErrorKind } from './errors.ts';
import type { Head } from './head.ts';
import type { InteractionId, ItemId, SessionId } from './ids.ts';
import type { Item } from './items.ts';
import type { Method, ParamsIn, Result } from './methods.ts';
import type { Summary } from './summary.ts';

/**
 * What the chat page and the extension say to each other over `postMessage`. Types alone, so that the page's bundle
 * stays free of zod; the extension parses what a page says before it acts on it (`src/protocol/pageSchemas.ts`).
 */

/** The requests a page may make, always about the session it shows. The extension relays these and no others (law 8). */
export const PAGE_METHODS = [
  'session/prompt',
  'session/command',
  'session/cancel',
  'session/answer',
  'session/queue',
  'session/history',
  'session/configure',
  'session/search',
  'blob/read',
] as const satisfies readonly Method[];
export type PageMethod = (typeof PAGE_METHODS)[number];

/** Requests of a page that only read: making one says nothing about where the person is. */
export const READING_METHODS: ReadonlySet<PageMethod> = new Set([
  'session/history',
  'session/search',
  'blob/read',
]);

/** What the page leaves out of a request: the extension adds the command's id where one is needed. */
export type PageParams<M extends PageMethod> = Omit<ParamsIn<M>, 'sessionId' | 'commandId'>;

/** Where the window's connection to its runtime stands, in the words of U8. */
export interface ConnectionView {
  readonly state: 'starting' | 'connected' | 'reconnecting' | 'incompatible' | 'stopped' | 'restricted';
  /** The remote host, for a session that is not of this machine. */
  readonly host?: string | undefined;
  /** While `restricted`: whether a runtime that was running already is read from (law 10). */
  readonly isReading?: boolean | undefined;
  /** What is wrong, for a person. */
  readonly detail?: string | undefined;
  /** When the next attempt begins, in milliseconds since the epoch, while one is waited for. */
  readonly nextAttemptAt?: number | undefined;
  /** Why the runtime takes no prompts although it is connected: its storage failed. */
  readonly storageProblem?: string | undefined;
}

/** Whether sessions can be read now. */
export function canRead({ state, isReading }: ConnectionView): boolean {
  return state === 'connected' || isReading === true;
}

/** From the extension to the page. */
export type ToPage =
  /** Everything of the session to show: drops whatever was shown before. `seq` is how far `head` and `items` have come. */
  | {
      readonly type: 'snapshot';
      readonly sessionId: SessionId;
      readonly head: Head;
      readonly items: readonly Item[];
      readonly more: boolean;
      readonly seq: number;
    }
  /** Envelopes of the session shown, their events already read; many in one message. */
  | { readonly type: 'events'; readonly sessionId: SessionId; readonly envelopes: readonly Envelope[] }
  /** There is no session to show: the empty state, with the sessions used last. */
  | {
      readonly type: 'none';
      readonly recent: readonly Summary[];
      /** Why the session that was meant is not shown. */
      readonly missing?: string | undefined;
      /** Whether it was deleted and that can still be undone. */
      readonly canUndo?: boolean | undefined;
    }
  | { readonly type: 'connection'; readonly connection: ConnectionView }
  /** The answer to a request of the page. */
  | { readonly type: 'response'; readonly requestId: number; readonly result: unknown }
  | { readonly type: 'response'; readonly requestId: number; readonly error: PageError }
  /** Images of the draft for a session, which the extension keeps for the page. */
  | { readonly type: 'images'; readonly sessionId: SessionId; readonly images: readonly DraftImage[] }
  /** Puts the focus into the composer. */
  | { readonly type: 'focus' }
  /** Adds text to what is being written for a session. The page says when it has it, as with `reveal`. */
  | {
      readonly type: 'insert';
      readonly deliveryId: number;
      readonly sessionId: SessionId;
      readonly text: string;
    }
  /** Leads to a row of a session, `position` being its place in the order. */
  | {
      readonly type: 'reveal';
      readonly deliveryId: number;
      readonly sessionId: SessionId;
      readonly itemId: ItemId;
      readonly position: number;
    };

/** A failed request, in words for a person. */
export interface PageError {
  readonly kind: ErrorKind;
  readonly message: string;
}

/** What a person can start from the page that is not a request about the session shown. */
export type PageAction =
  | 'newSession'
  | 'chooseAgent'
  | 'switchSession'
  | 'openInEditor'
  | 'renameSession'
  | 'undoDelete'
  | 'restartAgent'
  | 'signInAgent'
  | 'manageAgents'
  | 'doctor'
  | 'retry'
  | 'showLog'
  | 'restartRuntime'
  | 'signInRemote'
  | 'manageTrust';

/** From the page to the extension. */
export type FromPage =
  /** The page runs, or lost its place: send a snapshot. */
  | { readonly type: 'ready' }
  /** The person turned to this page: commands without a session mean the one shown here from now on. */
  | { readonly type: 'focused' }
  /** What was meant for the page is kept or done: until it says so, the page may have gone before it heard of it. */
  | { readonly type: 'took'; readonly deliveryId: number }
  | {
      readonly type: 'request';
      readonly requestId: number;
      readonly sessionId: SessionId;
      readonly method: PageMethod;
      readonly params: Record<string, unknown>;
    }
  /** Answered by a `response`, as a request is. */
  | { readonly type: 'ask'; readonly requestId: number; readonly ask: ComposerAsk }
  | { readonly type: 'action'; readonly action: PageAction }
  /** The way to sign in that was chosen needs the editor: a terminal, or values that no page is to see. */
  | { readonly type: 'signIn'; readonly methodId: string }
  | { readonly type: 'openSession'; readonly sessionId: SessionId }
  /** A link of the transcript was clicked; the extension decides what may be opened. */
  | { readonly type: 'openLink'; readonly href: string }
  | { readonly type: 'openLocation'; readonly path: string; readonly line?: number | undefined }
  /** All images of the draft for the session shown: kept until others are, or none. */
  | { readonly type: 'keepImages'; readonly sessionId: SessionId; readonly images: readonly DraftImage[] }
  /** What stands in the composer of a session now; without `text`, nothing does. */
  | { readonly type: 'draft'; readonly sessionId: SessionId; readonly text?: string | undefined }
  /** What was typed for a session and not sent, which the page cannot keep any longer. */
  | { readonly type: 'letGo'; readonly sessionId: SessionId; readonly text: string }
  | { readonly type: 'copy'; readonly text: string }
  /** Code of the transcript, for the text editor's cursor or for a file; `file` is what the agent called it. */
  | { readonly type: 'insertCode'; readonly code: string }
  | { readonly type: 'applyCode'; readonly code: string; readonly file?: string | undefined }
  /** A long text, or a change, as a document of the editor. */
  | { readonly type: 'openText'; readonly name: string; readonly source: TextSource }
  | {
      readonly type: 'openDiff';
      readonly file: string;
      readonly before: TextSource;
      readonly after: TextSource;
    };

/** A text, or how the one begins that is whole in a blob of the session. */
export interface TextSource {
  readonly text: string;
  readonly blob?: BlobRef | undefined;
}

/** The result of a page's request. */
export type PageResult<M extends PageMethod> = Result<M>;

/** What a page keeps of each session, for when it is shown again. */
export interface KeptOfSession {
  readonly drafts: string;
  /** What goes with those drafts, without images. */
  readonly draftParts: DraftParts;
  /** What had been written when something else took its place in the composer, the last one last. */
  readonly setAside: readonly SetAside[];
  /** What is being filled in to answer interactions that are open. */
  readonly answers: Readonly<Record<InteractionId, object>>;
}

/** What a page keeps through `setState`: enough for a panel to be restored after a reload. */
export type PageState = {
  readonly [K in keyof KeptOfSession]?: Readonly<Record<string, KeptOfSession[K]>> | undefined;
} & {
  readonly sessionId?: SessionId | undefined;
  /** How far the person has seen the sessions shown here, by their ids. */
  readonly seen?: Readonly<Record<string, number>> | undefined;
};

/** An image that goes with a prompt that is not sent yet. */
export interface DraftImage {
  readonly name: string;
  readonly block: Extract<ContentBlock, { type: 'image' }>;
}

/** What stood in the composer. */
export interface SetAside {
  readonly text: string;
  readonly parts?: DraftParts | undefined;
}

/** What goes with a prompt besides its text, as the page keeps it while it is written. */
export interface DraftParts {
  readonly attachments: readonly Attachment[];
  readonly options: PromptOptions;
}

/** Something that goes with a prompt. `token` stands for it in the text; without it there, it is not sent. */
export interface Attachment {
  readonly icon: string;
  readonly name: string;
  readonly token?: string | undefined;
  readonly block: ContentBlock;
}

/** Commands around a prompt, and what has to be green after it. */
export type PromptOptions = Pick<PageParams<'session/prompt'>, 'before' | 'after' | 'until'>;
