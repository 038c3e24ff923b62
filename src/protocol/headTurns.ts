import type { Envelope, EventOf } from './events.ts';
import type { Head, QueuedTurn } from './head.ts';

/** What the events of turns do to a head: the queue, the turn that runs, and the last that ended. Pure; `head.ts` calls it. */
export function foldTurn(
  head: Head,
  envelope: Envelope,
  event: EventOf<
    | 'turn.queued'
    | 'turn.edited'
    | 'turn.moved'
    | 'turn.started'
    | 'turn.ended'
    | 'turn.steerRefused'
    | 'turn.stalled'
    | 'turn.progressed'
  >,
): Head {
  switch (event.type) {
    case 'turn.queued':
      return head.ended ? head : { ...head, queue: enqueued(head.queue, envelope, event) };
    case 'turn.edited':
      return { ...head, queue: edited(head.queue, envelope, event) };
    case 'turn.moved':
      return { ...head, queue: moved(head.queue, event) };
    case 'turn.started':
      return started(head, envelope, event);
    case 'turn.ended':
      return ended(head, envelope, event);
    case 'turn.steerRefused':
      return {
        ...head,
        queue: head.queue.map((turn) => (turn.turnId === event.turnId ? waiting(turn) : turn)),
      };
    case 'turn.stalled': {
      if (head.turn?.turnId !== event.turnId) return head;
      const { since, waitingFor } = event;
      return { ...head, stalled: { since, waitingFor } };
    }
    case 'turn.progressed':
      return head.turn?.turnId === event.turnId ? { ...head, stalled: undefined } : head;
  }
}

function enqueued(queue: Head['queue'], { by }: Envelope, event: EventOf<'turn.queued'>): Head['queue'] {
  const { turnId, kind, content, command, plan, redacted, front, steers } = event;
  const turn: QueuedTurn = {
    ...{ turnId, kind, content, command },
    ...(plan !== undefined && { plan }),
    ...(redacted !== undefined && { redacted }),
    ...(steers !== undefined && { steers }),
    by,
  };
  return front === true ? [turn, ...queue] : [...queue, turn];
}

function edited(queue: Head['queue'], { by }: Envelope, event: EventOf<'turn.edited'>): Head['queue'] {
  return queue.map((waiting) =>
    waiting.turnId === event.turnId
      ? {
          ...withoutRedacted(waiting),
          ...redactedOf(waiting, event),
          content: event.content,
          ...(by !== undefined && { editedBy: by }),
        }
      : waiting,
  );
}

/** An edit replaces the content alone. */
function redactedOf(
  { redacted: before }: QueuedTurn,
  { redacted }: EventOf<'turn.edited'>,
): Pick<QueuedTurn, 'redacted'> {
  const plan = before?.plan;
  const content = redacted?.content;
  if (plan === undefined && content === undefined) return {};
  return { redacted: { ...(content && { content }), ...(plan && { plan }) } };
}

function withoutRedacted({ redacted: _, ...waiting }: QueuedTurn): QueuedTurn {
  return waiting;
}

/** A turn that waits for the end of what runs, and is not given to it. */
function waiting({ steers: _, given: _given, ...turn }: QueuedTurn): QueuedTurn {
  return turn;
}

/** A place that is not there (any more) is the end: the order of what stays is the same for everybody. */
function moved(queue: Head['queue'], { turnId, before }: EventOf<'turn.moved'>): Head['queue'] {
  const turn = queue.find((waiting) => waiting.turnId === turnId);
  if (turn === undefined || before === turnId) return queue;
  const others = queue.filter((waiting) => waiting !== turn);
  const place = others.findIndex((waiting) => waiting.turnId === before);
  return place === -1 ? [...others, turn] : others.toSpliced(place, 0, turn);
}

function started(head: Head, envelope: Envelope, event: EventOf<'turn.started'>): Head {
  if (head.ended) return head;
  const { turnId, kind, origin, deadlineAt, check } = event;
  return {
    ...head,
    turn: {
      turnId,
      kind,
      origin,
      startedAt: envelope.at,
      ...(deadlineAt !== undefined && { deadlineAt }),
      ...(check !== undefined && { check }),
    },
    turnCount: head.turnCount + 1,
    queue: head.queue.filter((waiting) => waiting.turnId !== turnId),
  };
}

function ended(head: Head, envelope: Envelope, event: EventOf<'turn.ended'>): Head {
  const left = head.queue.filter((turn) => turn.turnId !== event.turnId);
  if (head.turn?.turnId !== event.turnId) return { ...head, queue: left };
  // What it may have taken in is looked at as one that waits until it is known that it is one.
  const queue = left.map((turn) => (turn.steers === event.turnId ? { ...waiting(turn), given: true } : turn));
  const { turnId, outcome, exitCode, failure, check } = event;
  return {
    ...head,
    queue,
    turn: undefined,
    stalled: undefined,
    lastTurn: {
      turnId,
      outcome,
      exitCode,
      failure,
      endedAt: envelope.at,
      seq: envelope.seq,
      ...(check !== undefined && { check }),
    },
  };
}
