import { REDACTED, type SecretMatcher } from './secretMatcher.ts';

/** Fields that programs go by, and directories that must be found again: a mark in their place would break what they are for. */
const FUNCTIONAL = new Set([
  ...[
    'type',
    'kind',
    'role',
    'status',
    'outcome',
    'stream',
    'level',
    'code',
    'how',
    'origin',
    'source',
    'signal',
  ],
  ...[
    'sessionId',
    'turnId',
    'messageId',
    'commandRunId',
    'compactionId',
    'interactionId',
    'processId',
    'agentSessionId',
  ],
  ...[
    'id',
    'optionId',
    'questionId',
    'value',
    'currentValue',
    'mode',
    'model',
    'sha256',
    'mimeType',
    'format',
  ],
  ...[
    'agent',
    'cwd',
    'additionalDirectories',
    'envNames',
    'mcpServerNames',
    'forkedFrom',
    'directory',
    'directories',
    'ignore',
  ],
]);
/** Fields that hold whatever an agent or a person puts there: no name in them means anything to us. */
const FREE = new Set(['rawInput', 'rawOutput', 'values', 'schema', 'update', '_meta']);
/** Fields that hold the end of something longer. */
const TAILS = new Set(['tail', 'stderrTail', 'end']);

/** How a value is walked. */
export interface WalkOptions {
  /** Whether its fields mean nothing to us: then those of any name are looked at. */
  readonly free?: boolean;
  /** Whether texts may have been told before they were whole. */
  readonly growing?: boolean;
}

/**
 * A value without secrets: texts in it at any depth, never names of fields (C5). The same object where it has none.
 * Cycles stay cycles. Numbers that are a secret go where anything may stand.
 */
export function redactValue<T>(value: T, matcher: SecretMatcher, options: WalkOptions = {}): T {
  return walk(value, { matcher, ...options, seen: new Map() }) as T;
}

interface Walk extends WalkOptions {
  readonly matcher: SecretMatcher;
  /** What became of each object on the way. */
  readonly seen: Map<object, unknown>;
}

function walk(value: unknown, walking: Walk, name = ''): unknown {
  const { matcher, free = false, growing = false, seen } = walking;
  if (typeof value === 'string') return matcher.redactCut(value, { start: TAILS.has(name), end: growing });
  if (typeof value === 'number' || typeof value === 'bigint')
    return free && matcher.redact(String(value)) === REDACTED ? REDACTED : value;
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  if (value instanceof Uint8Array) return matcher.redactBytes(value);
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {};
  seen.set(value, copy);
  let changed = false;
  for (const [key, inner] of Object.entries(value)) {
    const kept = !free && FUNCTIONAL.has(key) && !Array.isArray(value);
    const next = kept ? inner : walk(inner, FREE.has(key) ? { ...walking, free: true } : walking, key);
    changed ||= next !== inner;
    Object.defineProperty(copy, key, { value: next, enumerable: true, writable: true, configurable: true });
  }
  if (!changed) seen.set(value, value);
  return changed ? copy : value;
}
