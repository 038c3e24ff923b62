import type { BlobRef } from './blob.ts';
import type { ContentBlock } from './content.ts';
import type { By, EventOf } from './events.ts';
import type { Outcome } from './head.ts';
import type { CheckId, CommandRunId, InteractionId, ItemId, MessageId, ToolCallId, TurnId } from './ids.ts';
import type { Interaction, Settlement } from './interaction.ts';
import type { Output } from './output.ts';
import type { RulePreview } from './permission.ts';
import type { Failure } from './sessionState.ts';
import type { ToolCallFields, ToolStatus } from './toolCall.ts';
import type { CheckOutcome, TurnPlan } from './turnPlan.ts';

/** What every row of a transcript has. */
interface Row<Kind extends string> {
  readonly kind: Kind;
  readonly itemId: ItemId;
  /** The number of the event that made the row: its place in the order. Never changes. */
  readonly position: number;
  /** The last number folded into the row: an event at or below it changes nothing. */
  readonly seq: number;
  readonly at: number;
  readonly turnId?: TurnId | undefined;
  readonly by?: By | undefined;
}

/** The heading of a turn, and how it ended. */
export interface TurnItem extends Row<'turn'> {
  readonly turnId: TurnId;
  readonly turnKind: 'prompt' | 'command';
  readonly origin: EventOf<'turn.started'>['origin'];
  readonly endedAt?: number | undefined;
  readonly outcome?: Outcome | undefined;
  readonly exitCode?: number | undefined;
  readonly failure?: Failure | undefined;
  readonly artifacts?: TurnArtifacts | undefined;
  /** What it was sent with besides its content. */
  readonly plan?: TurnPlan | undefined;
  /** Which attempt it is of a prompt that goes on until green, and, once ended, how its check ended (G1). */
  readonly check?: EventOf<'turn.started'>['check'] | EventOf<'turn.ended'>['check'];
}

export interface MessageItem extends Row<'message'> {
  readonly messageId: MessageId;
  readonly role: 'user' | 'agent' | 'thought';
  readonly content: readonly ContentBlock[];
  readonly done: boolean;
}

export interface ToolCallItem extends Row<'toolCall'>, Omit<ToolCallFields, 'status' | 'kind'> {
  readonly toolCallId: ToolCallId;
  readonly toolKind: NonNullable<ToolCallFields['kind']>;
  readonly status: ToolStatus;
}

export interface CommandRunItem extends Row<'commandRun'> {
  readonly commandRunId: CommandRunId;
  readonly command: string;
  readonly cwd: string;
  readonly output: Output;
  readonly exitCode?: number | undefined;
  readonly signal?: string | null | undefined;
  readonly endedAt?: number | undefined;
  readonly failure?: Failure | undefined;
  /** The whole output, up to a bound, where the events left some out. */
  readonly blob?: BlobRef | undefined;
}

export interface InteractionItem extends Row<'interaction'> {
  readonly interactionId: InteractionId;
  readonly interaction: Interaction;
  readonly settlement?: Settlement | undefined;
  readonly settledBy?: By | undefined;
  readonly rulePreviews?: readonly RulePreview[] | undefined;
  readonly expiresAt?: number | undefined;
  readonly warned?: boolean | undefined;
}

/** A look at what has to be green, after a turn (G1). The output of a command stands in a `commandRun` row of its own. */
export interface CheckItem extends Row<'check'> {
  readonly checkId: CheckId;
  readonly attempt: number;
  readonly max: number;
  readonly command: string;
  readonly pullRequest?: boolean | undefined;
  readonly outcome?: CheckOutcome | undefined;
  readonly exitCode?: number | undefined;
  readonly summary?: string | undefined;
  readonly endedAt?: number | undefined;
}

export interface NoticeItem extends Row<'notice'> {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  /** What was to be sent and was not. */
  readonly unsent?: readonly ContentBlock[] | undefined;
}

/** One file that a turn made, changed or took away in a directory of artifacts, by its last news. */
export type ArtifactNews = Omit<EventOf<'artifact.updated'>, 'type' | 'total'>;

/** What became of artifacts in a turn (C4), each file once; `omitted` counts news of more files than a row keeps. */
export interface TurnArtifacts {
  readonly files: readonly ArtifactNews[];
  readonly omitted: number;
}

/** A control action that was refused (P8): what was asked for, by whom (`by`), and why not. */
export interface RefusalItem extends Row<'refusal'> {
  readonly action: string;
  readonly reason: string;
}

/** One row of the transcript (law 5): made by one event, changed by later ones that name the same thing. */
export type Item =
  | TurnItem
  | MessageItem
  | ToolCallItem
  | CommandRunItem
  | InteractionItem
  | CheckItem
  | RefusalItem
  | NoticeItem;
