import fc from 'fast-check';
import type { Envelope, KnownEvent, SessionEvent } from '../../../src/protocol/events.ts';
import type {
  CommandRunId,
  InteractionId,
  MessageId,
  ProcessId,
  SessionId,
  ToolCallId,
  TurnId,
} from '../../../src/protocol/ids.ts';

/** One step of a generated session: what happens, and to which of a few things of that kind. */
export interface Step {
  readonly what: (typeof kinds)[number];
  readonly which: number;
  readonly text: string;
}

const kinds = [
  'turn',
  'chunk',
  'chunk',
  'chunk',
  'complete',
  'tool',
  'toolUpdate',
  'toolEnd',
  'command',
  'output',
  'commandEnd',
  'ask',
  'settle',
  'turnEnd',
  'queue',
  'notice',
  'usage',
  'read',
  'rename',
  'detach',
  'attach',
  'end',
  'resume',
] as const;

/** Random sessions, as steps: shrinking takes steps away, and what is left is still a session. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    what: fc.constantFrom(...kinds),
    which: fc.nat(3),
    text: fc.string({ maxLength: 12, unit: 'binary' }),
  }),
  { maxLength: 60, size: 'max' },
);

const name = <T extends string>(kind: string, number: number): T => `${kind}-${number}` as T;

const begin: KnownEvent = {
  type: 'session.started',
  agent: { id: 'shell', name: 'Shell', kind: 'shell' },
  cwd: '/work',
};

/**
 * The events of a session that goes through the given steps. Things are begun once, and named only after they began, as
 * the runtime does; late ends and events after the end of a session do occur.
 */
export function eventsOf(given: readonly Step[]): KnownEvent[] {
  const begun = new Set<string>();
  const events: KnownEvent[] = [begin];
  for (const step of given) {
    const event = eventOf(step, begun);
    if (event !== undefined) events.push(event);
  }
  return events;
}

function eventOf({ what, which, text }: Step, begun: Set<string>): KnownEvent | undefined {
  const isFirst = (kind: string): boolean => !begun.has(kind + which) && Boolean(begun.add(kind + which));
  const has = (kind: string): boolean => begun.has(kind + which);
  const turnId = name<TurnId>('turn', which);
  const messageId = name<MessageId>('message', which);
  const toolCallId = name<ToolCallId>('tool', which);
  const commandRunId = name<CommandRunId>('run', which);
  const interactionId = name<InteractionId>('ask', which);
  const processId = name<ProcessId>('process', which);
  const role = (['agent', 'thought', 'agent', 'user'] as const)[which] ?? 'agent';
  const content = { type: 'text' as const, text };
  switch (what) {
    case 'turn':
      return isFirst('turn') ? { type: 'turn.started', turnId, kind: 'prompt', origin: 'person' } : undefined;
    case 'turnEnd':
      return has('turn')
        ? { type: 'turn.ended', turnId, outcome: which === 0 ? 'failed' : 'completed' }
        : undefined;
    case 'queue':
      return { type: 'turn.queued', turnId: name('queued', text.length), kind: 'prompt', content: [content] };
    case 'chunk':
      return isFirst('message')
        ? { type: 'message.started', messageId, role, content: [content] }
        : { type: 'message.appended', messageId, content };
    case 'complete':
      return has('message') ? { type: 'message.completed', messageId, role, content: [content] } : undefined;
    case 'tool':
      return isFirst('tool')
        ? { type: 'toolCall.started', toolCallId, title: text, kind: 'read' }
        : undefined;
    case 'toolUpdate':
      return has('tool')
        ? { type: 'toolCall.updated', toolCallId, status: 'in_progress', rawOutput: text }
        : undefined;
    case 'toolEnd':
      return has('tool')
        ? { type: 'toolCall.ended', toolCallId, status: text.length % 2 === 0 ? 'completed' : 'cancelled' }
        : undefined;
    case 'command':
      return isFirst('run')
        ? { type: 'commandRun.started', commandRunId, command: text, cwd: '/work' }
        : undefined;
    case 'output':
      return has('run')
        ? {
            type: 'commandRun.output',
            commandRunId,
            stream: text.length % 2 === 0 ? 'stdout' : 'stderr',
            text,
          }
        : undefined;
    case 'commandEnd':
      return has('run')
        ? { type: 'commandRun.ended', commandRunId, exitCode: text.length, signal: null }
        : undefined;
    case 'ask':
      return isFirst('ask')
        ? {
            type: 'interaction.opened',
            interactionId,
            interaction: { kind: 'url', title: text, url: 'https://a.example' },
          }
        : undefined;
    case 'settle':
      return has('ask')
        ? { type: 'interaction.settled', interactionId, settlement: { outcome: 'cancelled', reason: text } }
        : undefined;
    case 'notice':
      return { type: 'notice', level: 'info', text };
    case 'usage':
      return { type: 'usage.updated', usedTokens: text.length };
    case 'read':
      return { type: 'session.configured', readSeq: text.length };
    case 'rename':
      return { type: 'session.renamed', title: text, source: which === 0 ? 'person' : 'agent' };
    case 'detach':
      return { type: 'session.detached', reason: text };
    case 'attach':
      return { type: 'agent.started', processId, agentSessionId: text, how: 'new' };
    case 'end':
      return { type: 'session.ended', reason: text };
    case 'resume':
      return { type: 'session.resumed' };
  }
}

/** Puts events into their places: numbers from 1, a millisecond apart. */
export function inPlace(
  events: readonly SessionEvent[],
  sessionId = name<SessionId>('session', 0),
): Envelope[] {
  return events.map((event, index) => ({ sessionId, seq: index + 1, at: 1_000 + index, event }));
}

/** Random sessions, as envelopes. */
export const transcripts: fc.Arbitrary<Envelope[]> = steps.map((given) => inPlace(eventsOf(given)));
