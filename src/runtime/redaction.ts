import type { ContentBlock } from '../protocol/content.ts';
import type { EventOf, KnownEvent } from '../protocol/events.ts';
import type { TurnId } from '../protocol/ids.ts';
import type { TurnRedacted } from '../protocol/turnPlan.ts';
import type { AgentEvent } from './agent/agent.ts';
import { RedactedText } from './redactedText.ts';
import { redactValue, type WalkOptions } from './redactValue.ts';
import type { SecretMatcher } from './secretMatcher.ts';
import { WHOLE_BYTES } from './work/boundedOutput.ts';

type Out = (event: AgentEvent, turnId: TurnId | undefined) => void;
type Text = EventOf<'message.appended' | 'commandRun.output'>;

/** What the secrets in a value are called. */
export type SecretNames = (value: object) => readonly string[];

interface Stream {
  readonly text: RedactedText;
  /** The event that the last piece came in, for what is shown later. */
  last: Text;
  turnId: TurnId | undefined;
}

/** After these an agent says no more. */
const OVER: ReadonlySet<KnownEvent['type']> = new Set(['session.ended', 'session.detached', 'agent.exited']);

/**
 * Takes secrets out of a session's events on their way to the journal (C5). Text that streams may be held back: what could be
 * the beginning of a secret waits for what follows, for the end of its message or command, or for the end of its turn.
 * Owned by the session's writer.
 */
export class Redaction {
  readonly #matcher: () => SecretMatcher | undefined;
  readonly #out: Out;
  readonly #names: SecretNames;
  /** Only those that hold something back. */
  readonly #streams = new Map<string, Stream>();
  /** Prompts as they were sent, where what waits in the queue is not the same; in memory only. */
  readonly #originals = new Map<TurnId, readonly ContentBlock[]>();

  constructor(matcher: () => SecretMatcher | undefined, out: Out, names: SecretNames = () => []) {
    this.#matcher = matcher;
    this.#out = out;
    this.#names = names;
  }

  /** Takes what an agent said; passes on what can be shown of it. */
  agentSaid(event: AgentEvent, turnId: TurnId | undefined): void {
    if (this.#matcher() === undefined && this.#streams.size === 0) return this.#out(event, turnId);
    switch (event.type) {
      case 'message.started':
        return this.#started(event, turnId);
      case 'message.appended': {
        const { messageId, content } = event;
        if (content.type === 'text') return this.#piece(messageId, content.text, event, turnId);
        this.#end(messageId);
        return this.#out(this.value(event), turnId);
      }
      case 'message.completed':
        this.#end(event.messageId);
        return this.#out(this.value(event), turnId);
      case 'commandRun.output':
        return this.#piece(keyOf(event), event.text, event, turnId);
      case 'commandRun.ended':
        return this.#commandEnded(event, turnId);
      case 'toolCall.started':
      case 'toolCall.updated':
      case 'toolCall.ended':
        return this.#out(this.value(event, { growing: true }), turnId);
      default:
        return this.#out(this.value(event), turnId);
    }
  }

  /** An event of the runtime’s own. What was held back of a turn goes out before the turn’s end. */
  recorded<E extends KnownEvent>(event: E): E {
    if (event.type === 'turn.ended') this.#endTurn(event.turnId);
    else if (OVER.has(event.type)) this.finish();
    const shown = this.value(event);
    const [sent, kept]: KnownEvent[] = [event, shown];
    if (!isWaiting(sent) || !isWaiting(kept)) return shown;
    if (shown === event) this.#originals.delete(sent.turnId);
    else this.#originals.set(sent.turnId, sent.content);
    return shown === event ? shown : { ...shown, redacted: this.#lostWithUs(sent, kept) };
  }

  /** Names of what a waiting turn is shown without. */
  #lostWithUs(
    { content, plan }: { readonly content: unknown; readonly plan?: unknown },
    shown: { readonly content: unknown; readonly plan?: unknown },
  ): TurnRedacted {
    return {
      ...(shown.content !== content && { content: [...this.#names({ content })] }),
      ...(shown.plan !== plan && { plan: [...this.#names({ plan })] }),
    };
  }

  /** What a prompt said before secrets were taken out of it, once; for its agent, which has them anyway. */
  original(turnId: TurnId): readonly ContentBlock[] | undefined {
    const content = this.#originals.get(turnId);
    this.#originals.delete(turnId);
    return content;
  }

  /** Any value without secrets. */
  value<T>(value: T, options?: WalkOptions): T {
    const matcher = this.#matcher();
    return matcher === undefined ? value : redactValue(value, matcher, options);
  }

  /** Shows all that is held back: nothing follows any more. */
  finish(): void {
    for (const key of [...this.#streams.keys()]) this.#end(key);
  }

  #endTurn(turnId: TurnId): void {
    this.#originals.delete(turnId);
    for (const [key, stream] of [...this.#streams]) {
      if (stream.turnId === turnId || stream.turnId === undefined) this.#end(key);
    }
  }

  #started(event: EventOf<'message.started'>, turnId: TurnId | undefined): void {
    const { messageId } = event;
    this.#end(messageId);
    const last = event.content.at(-1);
    if (last?.type !== 'text') return this.#out(this.value(event), turnId);
    // The text that it ends with may go on in the next event.
    const content = this.value(event.content.slice(0, -1));
    const text = this.#push(
      messageId,
      last.text,
      { type: 'message.appended', messageId, content: last },
      turnId,
    );
    this.#out({ ...event, content: text === '' ? content : [...content, { ...last, text }] }, turnId);
  }

  #piece(key: string, text: string, event: Text, turnId: TurnId | undefined): void {
    const shown = this.#push(key, text, event, turnId);
    if (shown !== '' || text === '') this.#out(withText(event, shown), turnId);
  }

  #push(key: string, piece: string, event: Text, turnId: TurnId | undefined): string {
    const matcher = this.#matcher();
    if (matcher === undefined) return piece;
    const stream = this.#streams.get(key) ?? { text: new RedactedText(), last: event, turnId };
    stream.last = event;
    stream.turnId = turnId;
    const shown = stream.text.push(piece, matcher);
    if (stream.text.isEmpty) this.#streams.delete(key);
    else this.#streams.set(key, stream);
    return shown;
  }

  #commandEnded(event: Extract<AgentEvent, { type: 'commandRun.ended' }>, turnId: TurnId | undefined): void {
    const cut = event.omittedBytes !== undefined;
    for (const stream of ['stdout', 'stderr'] as const) this.#end(keyOf({ ...event, stream }), cut);
    const matcher = this.#matcher();
    const whole = 'whole' in event ? event.whole : undefined;
    if (matcher === undefined || whole === undefined) return this.#out(this.value(event), turnId);
    const shown = matcher.redactBytes(whole, { end: whole.byteLength >= WHOLE_BYTES });
    this.#out({ ...this.value({ ...event, whole: undefined }), whole: shown }, turnId);
  }

  #end(key: string, cut = false): void {
    const stream = this.#streams.get(key);
    if (stream === undefined) return;
    this.#streams.delete(key);
    const shown = stream.text.end(this.#matcher(), { cut });
    if (shown !== '') this.#out(withText(stream.last, shown), stream.turnId);
  }
}

/** Whether an event says what a waiting turn will send. */
function isWaiting(event: KnownEvent | undefined): event is EventOf<'turn.queued' | 'turn.edited'> {
  return event?.type === 'turn.queued' || event?.type === 'turn.edited';
}

function keyOf({
  commandRunId,
  stream,
}: Pick<EventOf<'commandRun.output'>, 'commandRunId' | 'stream'>): string {
  return `${commandRunId} ${stream}`;
}

function withText(event: Text, text: string): Text {
  return event.type === 'commandRun.output'
    ? { ...event, text }
    : { ...event, content: { type: 'text', text } };
}
