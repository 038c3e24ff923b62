import type { BlobRef, LargeValue } from '../protocol/blob.ts';
import type { ContentBlock } from '../protocol/content.ts';
import type { EventOf, KnownEvent } from '../protocol/events.ts';
import type { ToolCallContent, ToolCallFields } from '../protocol/toolCall.ts';
import type { AgentEvent } from './agent/agent.ts';

/** Where large contents go. */
export interface BlobStore {
  /** Keeps bytes with the events of the same transaction; gives their SHA-256 in hex. */
  put(bytes: Uint8Array): string;
  /** The bytes again, if this session refers to them. */
  get(sha256: string): Uint8Array | undefined;
}

/** Bytes from which a content is stored beside its event (law 7). */
export const SPILL_BYTES = 32 * 1024;
/** The same for one side of a diff: a diff that is cut shows nothing, so it is cut only when it must be. */
export const SPILL_DIFF_BYTES = 512 * 1024;
/** Characters that stay in the event. */
export const PREVIEW_LENGTH = 8 * 1024;

/**
 * The event as it is kept: what is large in it is put into the store, and a preview with a reference stands in its place.
 * The same object when nothing is. Text of messages stays: it is bounded before (`boundMessages.ts`).
 */
export function spill(event: KnownEvent | AgentEvent, store: BlobStore | undefined): KnownEvent {
  if (event.type === 'commandRun.ended' && 'whole' in event) return commandEnded(event, store);
  if (store === undefined) return event;
  switch (event.type) {
    case 'toolCall.started':
    case 'toolCall.updated':
    case 'toolCall.ended':
      return toolCall(event, store);
    case 'message.started':
    case 'message.completed':
    case 'turn.queued':
      return event.content.some(isLargeData)
        ? { ...event, content: event.content.map((block) => data(block, store)) }
        : event;
    case 'message.appended':
      return isLargeData(event.content) ? { ...event, content: data(event.content, store) } : event;
    default:
      return event;
  }
}

/** Content as it was before it was spilled, for an agent. What is not there any more stays a preview. */
export function unspilled(content: readonly ContentBlock[], store: BlobStore): ContentBlock[] {
  return content.map((block) => {
    if (!('blob' in block) || block.blob === undefined) return block;
    const { blob, ...rest } = block;
    const bytes = store.get(blob.sha256);
    if (bytes === undefined) return rest;
    const kept = Buffer.from(bytes);
    switch (rest.type) {
      case 'image':
      case 'audio':
        return { ...rest, data: kept.toString('base64') };
      case 'resource': {
        const { resource } = rest;
        const whole =
          resource.text === undefined ? { blob: kept.toString('base64') } : { text: kept.toString() };
        return { ...rest, resource: { ...resource, ...whole } };
      }
      case 'text':
        return { ...rest, text: kept.toString() };
    }
  });
}

/** The whole output never enters an event: it becomes a reference, or goes when there is no store. */
function commandEnded(
  event: EventOf<'commandRun.ended'> & { readonly whole?: Uint8Array | undefined },
  store: BlobStore | undefined,
): KnownEvent {
  const { whole, ...end } = event;
  return whole === undefined || store === undefined ? end : { ...end, blob: kept(whole, store) };
}

function toolCall<E extends EventOf<'toolCall.started' | 'toolCall.updated' | 'toolCall.ended'>>(
  event: E,
  store: BlobStore,
): E {
  const { content, rawInput, rawOutput } = event;
  const changed: { -readonly [K in keyof ToolCallFields]?: ToolCallFields[K] } = {};
  if (content?.some(isLarge) === true) changed.content = content.map((part) => toolContent(part, store));
  for (const [name, value] of [
    ['rawInput', rawInput],
    ['rawOutput', rawOutput],
  ] as const) {
    const large = rawValue(value, store);
    if (large !== undefined) changed[name] = large;
  }
  return Object.keys(changed).length === 0 ? event : { ...event, ...changed };
}

function isLarge(part: ToolCallContent): boolean {
  if (part.type === 'diff')
    return exceeds(part.newText, SPILL_DIFF_BYTES) || exceeds(part.oldText ?? '', SPILL_DIFF_BYTES);
  return (
    part.type === 'content' &&
    (isLargeData(part.content) || (part.content.type === 'text' && exceeds(part.content.text)))
  );
}

function toolContent(part: ToolCallContent, store: BlobStore): ToolCallContent {
  if (part.type === 'terminal' || !isLarge(part)) return part;
  if (part.type === 'diff') return diff(part, store);
  const { content } = part;
  return {
    ...part,
    content: content.type === 'text' ? { ...content, ...text(content.text, store) } : data(content, store),
  };
}

function diff(part: ToolCallContent & { readonly type: 'diff' }, store: BlobStore): ToolCallContent {
  const { oldText, newText } = part;
  const before = exceeds(oldText ?? '', SPILL_DIFF_BYTES) ? text(oldText ?? '', store) : undefined;
  const after = exceeds(newText, SPILL_DIFF_BYTES) ? text(newText, store) : undefined;
  return {
    ...part,
    ...(before && { oldText: before.text, oldBlob: before.blob }),
    ...(after && { newText: after.text, newBlob: after.blob }),
  };
}

function isLargeData(block: ContentBlock): boolean {
  switch (block.type) {
    case 'image':
    case 'audio':
      return block.data.length > SPILL_BYTES;
    case 'resource':
      return exceeds(block.resource.text ?? '') || (block.resource.blob ?? '').length > SPILL_BYTES;
    default:
      return false;
  }
}

function data(block: ContentBlock, store: BlobStore): ContentBlock {
  if (!isLargeData(block)) return block;
  if (block.type === 'image' || block.type === 'audio') {
    return { ...block, data: '', blob: kept(Buffer.from(block.data, 'base64'), store) };
  }
  if (block.type !== 'resource') return block;
  const { resource } = block;
  if (resource.text !== undefined) {
    const large = text(resource.text, store);
    return { ...block, resource: { ...resource, text: large.text }, blob: large.blob };
  }
  return {
    ...block,
    resource: { ...resource, blob: '' },
    blob: kept(Buffer.from(resource.blob ?? '', 'base64'), store),
  };
}

function rawValue(value: unknown, store: BlobStore): LargeValue | undefined {
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return undefined;
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  if (!exceeds(written)) return undefined;
  const { text: preview, blob } = text(written, store);
  return { preview, blob, format: typeof value === 'string' ? 'text' : 'json' };
}

function text(whole: string, store: BlobStore): { readonly text: string; readonly blob: BlobRef } {
  return { text: beginning(whole, PREVIEW_LENGTH), blob: kept(Buffer.from(whole), store) };
}

function kept(bytes: Uint8Array, store: BlobStore): BlobRef {
  return { sha256: store.put(bytes), bytes: bytes.byteLength };
}

/** Whether a text is longer in UTF-8; looks at its bytes only where its length does not tell. */
function exceeds(whole: string, bytes = SPILL_BYTES): boolean {
  if (whole.length > bytes) return true;
  return whole.length * 3 > bytes && Buffer.byteLength(whole) > bytes;
}

/** The first characters, never ending with half of one. */
export function beginning(whole: string, length: number): string {
  if (whole.length <= length) return whole;
  const last = whole.charCodeAt(length - 1);
  return whole.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
