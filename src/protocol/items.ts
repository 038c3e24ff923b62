import type { ContentBlock } from './content.ts';
import { contentText } from './contentText.ts';
import type { Envelope, EventOf, SessionEvent } from './events.ts';
import type { ItemId } from './ids.ts';
import { appendOutput, emptyOutput } from './output.ts';
import type { ArtifactNews, Item, NoticeItem, TurnArtifacts } from './rows.ts';
import type { ToolStatus } from './toolCall.ts';

export type {
  ArtifactNews,
  CheckItem,
  CommandRunItem,
  InteractionItem,
  Item,
  MessageItem,
  NoticeItem,
  RefusalItem,
  ToolCallItem,
  TurnArtifacts,
  TurnItem,
} from './rows.ts';

/** Files that one row of artifacts keeps (law 7). */
const MOST_FILES = 100;

const itemId = (kind: Item['kind'], id: string | number): ItemId => `${kind}:${id}` as ItemId;

/** The row an event belongs to, or `undefined` for events that change only the head. */
export function itemIdOf({
  event,
  seq,
  turnId,
}: Pick<Envelope, 'event' | 'seq' | 'turnId'>): ItemId | undefined {
  switch (event.type) {
    case 'turn.started':
      return itemId('turn', event.turnId);
    case 'turn.ended':
      return event.unsent === undefined ? itemId('turn', event.turnId) : itemId('notice', seq);
    case 'message.started':
    case 'message.appended':
    case 'message.completed':
      return itemId('message', event.messageId);
    case 'toolCall.started':
    case 'toolCall.updated':
    case 'toolCall.ended':
      return itemId('toolCall', event.toolCallId);
    case 'commandRun.started':
    case 'commandRun.output':
    case 'commandRun.ended':
      return itemId('commandRun', event.commandRunId);
    case 'interaction.opened':
    case 'interaction.warned':
    case 'interaction.settled':
      return itemId('interaction', event.interactionId);
    case 'compaction.started':
    case 'compaction.ended':
      return itemId('notice', event.compactionId);
    case 'check.started':
    case 'check.ended':
      return itemId('check', event.checkId);
    case 'artifact.updated':
      return turnId === undefined ? undefined : itemId('turn', turnId);
    case 'action.taken':
      return event.outcome === 'refused' ? itemId('refusal', seq) : undefined;
    case 'notice':
    case 'permission.decided':
    case 'rule.saved':
    case 'rule.revoked':
    case 'turn.steerRefused':
    case 'session.detached':
    case 'session.ended':
    case 'session.resumed':
      return itemId('notice', seq);
    default:
      return undefined;
  }
}

/**
 * Folds one envelope into the row that `itemIdOf` names. Pure. `undefined` in and out means "not loaded": an event for
 * a row that a page has not loaded makes nothing, and history brings the row whole. A compacted envelope (`from`) makes
 * its row when it stands for the making as well, unless the making is known already: for a state that has come to `cursor`,
 * a row from before that is not there is one that was not loaded.
 */
export function foldItem(item: Item | undefined, envelope: Envelope, cursor = 0): Item | undefined {
  const id = itemIdOf(envelope);
  if (id === undefined) return item;
  if (item === undefined) return (envelope.from ?? envelope.seq) > cursor ? make(id, envelope) : undefined;
  if (envelope.seq <= item.seq) return item;
  const change = changeOf(item, envelope);
  return { ...item, ...change, seq: envelope.seq } as Item;
}

function make(id: ItemId, envelope: Envelope): Item | undefined {
  const row = {
    itemId: id,
    position: envelope.from ?? envelope.seq,
    seq: envelope.seq,
    at: envelope.at,
    turnId: envelope.turnId,
    by: envelope.by,
  };
  const { event } = envelope;
  switch (event.type) {
    case 'turn.started':
      return {
        ...row,
        kind: 'turn',
        turnId: event.turnId,
        turnKind: event.kind,
        origin: event.origin,
        ...(event.check !== undefined && { check: event.check }),
        ...(event.plan !== undefined && { plan: event.plan }),
      };
    case 'message.started':
      return { ...row, kind: 'message', ...messageFields(event), done: event.role === 'user' };
    case 'message.completed':
      if (envelope.from === undefined || event.continued === true) return undefined;
      return { ...row, kind: 'message', ...messageFields(event), done: event.done ?? true };
    case 'toolCall.started':
    case 'toolCall.ended': {
      if (event.type === 'toolCall.ended' && (envelope.from === undefined || event.continued === true))
        return undefined;
      const {
        type: _,
        continued: __,
        kind,
        status = 'pending',
        ...fields
      } = { continued: undefined, ...event };
      return { ...row, kind: 'toolCall', ...fields, toolKind: kind ?? 'other', status };
    }
    case 'commandRun.started': {
      const { commandRunId, command, cwd } = event;
      return { ...row, kind: 'commandRun', commandRunId, command, cwd, output: emptyOutput };
    }
    case 'commandRun.ended': {
      if (event.run === undefined) return undefined;
      const { command, cwd } = event.run;
      return {
        ...row,
        kind: 'commandRun',
        commandRunId: event.commandRunId,
        command,
        cwd,
        ...runOf(event, event.run),
      };
    }
    case 'interaction.opened':
      return {
        ...row,
        kind: 'interaction',
        interactionId: event.interactionId,
        interaction: event.interaction,
        ...(event.rulePreviews !== undefined && { rulePreviews: event.rulePreviews }),
        ...(event.expiresAt !== undefined && { expiresAt: event.expiresAt }),
      };
    case 'check.started': {
      const { checkId, attempt, max, command, pullRequest } = event;
      return { ...row, kind: 'check', checkId, attempt, max, command, ...(pullRequest && { pullRequest }) };
    }
    case 'action.taken':
      return { ...row, kind: 'refusal', action: event.action, reason: event.error?.message ?? '' };
    default: {
      const notice = noticeOf(event);
      return notice === undefined ? undefined : { ...row, kind: 'notice', ...notice };
    }
  }
}

function changeOf(item: Item, { event, at, by }: Envelope): Partial<Item> {
  switch (event.type) {
    case 'turn.ended': {
      const { outcome, exitCode, failure, check } = event;
      return item.kind === 'turn' && item.outcome === undefined
        ? { outcome, exitCode, failure, endedAt: at, ...(check !== undefined && { check }) }
        : {};
    }
    case 'message.appended':
      return item.kind === 'message' ? { content: appended(item.content, event.content) } : {};
    case 'message.completed':
      return { content: event.content, role: event.role, done: event.done ?? true };
    case 'toolCall.started':
    case 'toolCall.updated':
    case 'toolCall.ended': {
      const { type: _, continued: __, kind, status, ...fields } = { continued: undefined, ...event };
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      // What comes late is still recorded, but never overwrites an end (law 4).
      const isOver = item.kind === 'toolCall' && isEnd(item.status);
      const moved = status === undefined || isOver ? {} : { status };
      return { ...given, ...(kind === undefined ? {} : { toolKind: kind }), ...moved };
    }
    case 'commandRun.output':
      return item.kind === 'commandRun'
        ? { output: appendOutput(item.output, event.stream, event.text) }
        : {};
    case 'commandRun.ended': {
      if (item.kind !== 'commandRun') return {};
      if (event.run !== undefined) return runOf(event, event.run);
      if (item.endedAt !== undefined) return {};
      const { exitCode, signal, failure, omittedBytes, tail, blob } = event;
      const output = omittedBytes
        ? { ...item.output, omitted: item.output.omitted + omittedBytes, end: tail }
        : item.output;
      return { exitCode, signal, failure, endedAt: at, output, ...(blob !== undefined && { blob }) };
    }
    case 'compaction.ended':
      return compactionEnd(event);
    case 'artifact.updated':
      return item.kind === 'turn' ? { artifacts: withNews(item.artifacts, newsOf(event)) } : {};
    case 'interaction.warned':
      return item.kind === 'interaction' ? { expiresAt: event.expiresAt, warned: true } : {};
    case 'check.ended': {
      if (item.kind !== 'check' || item.outcome !== undefined) return {};
      const { outcome, exitCode, summary } = event;
      return { outcome, exitCode, summary, endedAt: at };
    }
    case 'interaction.settled':
      if (item.kind !== 'interaction' || item.settlement !== undefined) return {};
      return { settlement: event.settlement, settledBy: by };
    default:
      return {};
  }
}

function newsOf({ type: _, total: __, ...news }: EventOf<'artifact.updated'>): ArtifactNews {
  return news;
}

/** A file keeps its place in the row, with what was last heard of it. */
function withNews(
  { files, omitted }: TurnArtifacts = { files: [], omitted: 0 },
  news: ArtifactNews,
): TurnArtifacts {
  const isSame = ({ directory, path }: ArtifactNews): boolean =>
    directory === news.directory && path === news.path;
  if (files.some(isSame)) return { files: files.map((file) => (isSame(file) ? news : file)), omitted };
  if (files.length >= MOST_FILES) return { files, omitted: omitted + 1 };
  return { files: [...files, news], omitted };
}

/** How a compaction ended, in words. */
function compactionEnd({
  status,
  summary,
  error,
}: EventOf<'compaction.ended'>): Pick<NoticeItem, 'level' | 'text'> {
  switch (status) {
    case 'completed': {
      const words = 'The agent compacted the conversation.';
      return { level: 'info', text: summary ? `${words}\n\n${summary}` : words };
    }
    case 'failed': {
      const words = 'The agent could not compact the conversation';
      return { level: 'warning', text: error ? `${words}: ${error}` : `${words}.` };
    }
    case 'cancelled':
      return { level: 'info', text: 'The compaction of the conversation was cancelled.' };
  }
}

/** What a compacted run of a command sets. */
function runOf(
  { exitCode, signal, failure, blob }: EventOf<'commandRun.ended'>,
  { endedAt, output }: NonNullable<EventOf<'commandRun.ended'>['run']>,
) {
  return { exitCode, signal, failure, endedAt, output, ...(blob !== undefined && { blob }) };
}

function messageFields(event: EventOf<'message.started' | 'message.completed'>) {
  return { messageId: event.messageId, role: event.role, content: event.content };
}

function isEnd(status: ToolStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** Text joins the text block before it; anything else is a block of its own. */
function appended(content: readonly ContentBlock[], more: ContentBlock): readonly ContentBlock[] {
  const last = content.at(-1);
  if (last?.type !== 'text' || more.type !== 'text') return [...content, more];
  return [...content.slice(0, -1), { type: 'text', text: last.text + more.text }];
}

/** The events of a session's life that a reader of the transcript should see, in words. */
function noticeOf(event: SessionEvent): Pick<NoticeItem, 'level' | 'text' | 'unsent'> | undefined {
  switch (event.type) {
    case 'notice':
      return { level: event.level, text: event.text };
    case 'compaction.started':
      return { level: 'info', text: 'The agent is compacting the conversation…' };
    case 'permission.decided': {
      const decided = event.decision === 'allow' ? 'Allowed' : 'Rejected';
      return { level: 'info', text: `${decided} without asking: ${event.title} (${event.reason})` };
    }
    case 'rule.saved':
      return { level: 'info', text: `Permission rule saved: ${event.text}` };
    case 'rule.revoked':
      return { level: 'info', text: `Permission rule revoked: ${event.text}` };
    case 'turn.ended': {
      // Nothing that a person typed is lost: it can be read where it was taken back.
      const why = event.failure?.message ?? 'Taken out of the queue, not sent:';
      const { unsent } = event;
      return unsent && { level: 'info', text: `${why}\n\n${contentText(unsent)}`, unsent };
    }
    case 'turn.steerRefused':
      return { level: 'info', text: `Not taken in by what runs, so it waits: ${event.reason}` };
    case 'session.detached':
      return event.failure === undefined ? undefined : { level: 'error', text: event.failure.message };
    case 'session.ended':
      return { level: 'info', text: `Session ended: ${event.reason}` };
    case 'session.resumed':
      return { level: 'info', text: 'Session resumed' };
    default:
      return undefined;
  }
}
