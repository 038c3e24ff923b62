import type { ContentBlock } from '../../../src/protocol/content.ts';
import type { By, Envelope, EventOf, EventType, KnownEvent } from '../../../src/protocol/events.ts';
import { emptyState, foldState, inOrder, type SessionState } from '../../../src/protocol/fold.ts';
import {
  newCommandRunId,
  newInteractionId,
  newMessageId,
  newSessionId,
  newToolCallId,
  newTurnId,
  type ProcessId,
  type TurnId,
} from '../../../src/protocol/ids.ts';
import type { Interaction } from '../../../src/protocol/interaction.ts';
import type { RulePreview } from '../../../src/protocol/permission.ts';
import type { ToPage } from '../../../src/protocol/page.ts';

/** What a fake session is made with. */
export interface FakeSessionOptions {
  readonly agent?: { readonly id: string; readonly name: string; readonly kind: 'shell' | 'acp' };
  readonly title?: string;
  readonly cwd?: string;
}

/** Some rows of a session, and whether there are more before them. */
interface Rows {
  readonly items: readonly unknown[];
  readonly more: boolean;
}

type Body<T extends EventType> = Omit<EventOf<T>, 'type'>;
/** Rows that a snapshot carries unless told otherwise. */
const TAIL = 60;

/** A session that exists only as its envelopes: what a runtime would send of it, made step by step by a test. */
export class FakeSession {
  readonly sessionId = newSessionId();
  readonly envelopes: Envelope[] = [];
  state: SessionState = emptyState;
  turnId: TurnId | undefined;
  at = Date.now() - 60_000;
  /** Takes every envelope as it is made. */
  onEnvelope: (envelope: Envelope) => void = () => {};

  constructor({
    agent = { id: 'claude', name: 'Claude Code', kind: 'acp' },
    title,
    cwd = '/home/ada/tides',
  }: FakeSessionOptions = {}) {
    this.emit('session.started', { agent, cwd, ...(title === undefined ? {} : { title }) });
    this.emit('agent.started', { processId: 'process-1' as ProcessId, agentSessionId: 'a1', how: 'new' });
  }

  emit<T extends EventType>(type: T, body: Body<T>, by?: By): Envelope {
    this.at += 40;
    const envelope: Envelope = {
      sessionId: this.sessionId,
      seq: this.envelopes.length + 1,
      at: this.at,
      turnId: this.turnId,
      by,
      event: { type, ...body } as unknown as KnownEvent,
    };
    this.envelopes.push(envelope);
    this.state = foldState(this.state, [envelope]);
    this.onEnvelope(envelope);
    return envelope;
  }

  /** Begins a turn with a prompt, and what it is sent with. */
  prompt(
    asked: string | readonly ContentBlock[],
    plan?: Body<'turn.started'>['plan'],
    origin: Body<'turn.started'>['origin'] = 'person',
  ): this {
    this.turnId = newTurnId();
    this.emit('turn.started', { turnId: this.turnId, kind: 'prompt', origin, ...(plan && { plan }) });
    this.emit('message.started', {
      messageId: newMessageId(),
      role: 'user',
      content: typeof asked === 'string' ? [{ type: 'text', text: asked }] : [...asked],
    });
    return this;
  }

  /** Begins a turn that is one command. */
  beginCommandTurn(): this {
    this.turnId = newTurnId();
    this.emit('turn.started', { turnId: this.turnId, kind: 'command', origin: 'person' });
    return this;
  }

  /** A message that streams: each call of the result adds to it. */
  stream(role: 'agent' | 'thought', first = ''): { add(text: string): void; done(): void } {
    const messageId = newMessageId();
    let whole = first;
    this.emit('message.started', { messageId, role, content: [{ type: 'text', text: first }] });
    return {
      add: (text) => {
        whole += text;
        this.emit('message.appended', { messageId, content: { type: 'text', text } });
      },
      done: () =>
        void this.emit('message.completed', { messageId, role, content: [{ type: 'text', text: whole }] }),
    };
  }

  /** A whole message. */
  say(text: string, role: 'agent' | 'thought' = 'agent'): this {
    this.stream(role, text).done();
    return this;
  }

  /** A tool call from its announcement to its end. */
  tool(
    fields: Omit<Body<'toolCall.ended'>, 'toolCallId' | 'status'>,
    status: Body<'toolCall.ended'>['status'] = 'completed',
  ): this {
    const toolCallId = newToolCallId();
    this.emit('toolCall.started', {
      toolCallId,
      title: fields.title,
      kind: fields.kind,
      status: 'in_progress',
    });
    if (status === 'in_progress') return this;
    this.at += 300;
    this.emit('toolCall.ended', { ...fields, toolCallId, status });
    return this;
  }

  /** A command that runs; `end` ends it. */
  command(command: string): {
    print(text: string, stream?: 'stdout' | 'stderr'): void;
    end(exitCode: number): void;
  } {
    const commandRunId = newCommandRunId();
    this.emit('commandRun.started', { commandRunId, command, cwd: '/home/ada/tides' });
    return {
      print: (text, stream = 'stdout') => void this.emit('commandRun.output', { commandRunId, stream, text }),
      end: (exitCode) => void this.emit('commandRun.ended', { commandRunId, exitCode, signal: null }),
    };
  }

  /** Opens an interaction; `settle` closes it. */
  ask(
    interaction: Interaction,
    rulePreviews?: readonly RulePreview[],
  ): {
    interactionId: string;
    settle(settlement: Body<'interaction.settled'>['settlement'], by?: By): void;
  } {
    const interactionId = newInteractionId();
    this.emit('interaction.opened', {
      ...{ interactionId, interaction },
      ...(rulePreviews && { rulePreviews: [...rulePreviews] }),
    });
    return {
      interactionId,
      settle: (settlement, by) => void this.emit('interaction.settled', { interactionId, settlement }, by),
    };
  }

  endTurn(
    outcome: Body<'turn.ended'>['outcome'] = 'completed',
    more: Partial<Body<'turn.ended'>> = {},
  ): this {
    const { turnId } = this;
    if (turnId === undefined) throw new Error('no turn runs');
    this.at += 1500;
    this.emit('turn.ended', { ...more, turnId, outcome });
    this.turnId = undefined;
    return this;
  }

  /** The last rows and the head, as an attach answers them. */
  snapshot(tail = TAIL): Extract<ToPage, { type: 'snapshot' }> {
    const { head } = this.state;
    if (head === undefined) throw new Error('there is no head yet');
    const items = inOrder(this.state.items.values());
    return {
      type: 'snapshot',
      sessionId: this.sessionId,
      head,
      items: items.slice(-tail),
      more: items.length > tail,
      seq: this.envelopes.length,
    };
  }

  /** What `session/history` answers, at once or later. */
  history({ before = Infinity, limit = 100 }: { before?: number; limit?: number }): Promise<Rows> | Rows {
    const earlier = inOrder(this.state.items.values()).filter(({ position }) => position < before);
    return { items: earlier.slice(-limit), more: earlier.length > limit };
  }
}
