import { listOf, loose, type Loose } from './loose.ts';
import { diffParts } from './gitPatch.ts';

/**
 * A tool call update of ACP v2 as one that sets (https://agentclientprotocol.com/protocol/v2/tool-calls): a field that is
 * `null` is cleared, which here is its first value; a diff becomes one part for each file.
 */
export function patchedCall(update: Loose): Loose {
  const { content, locations, kind, status } = update;
  return {
    ...update,
    ...(content !== undefined && { content: listOf(content).flatMap(contentParts) }),
    ...(locations === null && { locations: [] }),
    ...(kind === null && { kind: 'other' }),
    ...((status === null || status === 'paused') && { status: 'pending' }),
  };
}

/** One part of a tool call's content, as the parts that show it. */
export function contentParts(part: unknown): unknown[] {
  return loose(part)['type'] === 'diff' ? diffParts(loose(part)) : [part];
}
