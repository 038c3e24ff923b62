import type { Connection } from '../client/connect.ts';
import type { InteractionRequest, SessionHandlers } from '../client/handlers.ts';
import type { Turn } from '../client/turn.ts';
import type { TurnEnd } from '../client/turnWaits.ts';
import { Deferred } from '../base/deferred.ts';
import type { Envelope } from '../protocol/events.ts';
import type { SessionId, TurnId } from '../protocol/ids.ts';
import { askPerson } from './asking.ts';
import { CommandError, exitCodes, type ExitCode } from './command.ts';
import { interactionLines, Renderer, type RenderOptions } from './render.ts';
import type { Terminal } from './terminal.ts';

/** How events are shown while a command follows a session. */
export interface FollowOptions {
  readonly terminal: Terminal;
  /** One envelope a line instead of words. */
  readonly json: boolean;
  readonly render: RenderOptions;
}

/**
 * Shows a session's events and asks the person what it asks. Where there is nobody to ask, `unanswered` resolves with what
 * waits. Made before the session is opened; its `handlers` go into the opening.
 */
export class Follower {
  readonly renderer: Renderer;
  readonly handlers: SessionHandlers;
  readonly #options: FollowOptions;
  readonly #unanswered = new Deferred<InteractionRequest>();
  /** One question at a time. */
  #asking: Promise<unknown> = Promise.resolve();
  /** Turns that go on with what a check found, or that another one took in, and which turn that is. */
  readonly #next = new Map<TurnId, TurnId>();

  constructor(options: FollowOptions) {
    this.#options = options;
    this.renderer = new Renderer(options.terminal, options.render);
    const ask = (request: InteractionRequest) => this.#ask(request);
    this.handlers = {
      onEvent: (envelope) => this.show(envelope),
      onPermission: ask,
      onQuestion: ask,
      onReset: () =>
        this.renderer.aside('the session was numbered anew; what follows may repeat or leave out events'),
    };
  }

  /** Resolves with an interaction that nobody here can answer. */
  get unanswered(): Promise<InteractionRequest> {
    return this.#unanswered.promise;
  }

  /** A turn, and all that went on with what its checks found; in order. */
  turnsFrom(turnId: TurnId): readonly TurnId[] {
    const next = this.#next.get(turnId);
    return next === undefined ? [turnId] : [turnId, ...this.turnsFrom(next)];
  }

  show(envelope: Envelope): void {
    const { event } = envelope;
    const next = event.type === 'turn.ended' ? (event.joined ?? event.check?.next) : undefined;
    if (event.type === 'turn.ended' && next !== undefined) this.#next.set(event.turnId, next);
    if (this.#options.json) this.#options.terminal.json(envelope);
    else this.renderer.render(envelope);
  }

  #ask(request: InteractionRequest) {
    const { terminal } = this.#options;
    if (!terminal.isInteractive) {
      this.#unanswered.resolve(request);
      return undefined;
    }
    const answer = this.#asking.then(async () => {
      const given = request.signal.aborted ? undefined : await askPerson(terminal, request);
      // The person ended the input: whoever answers, it is not here.
      if (given === undefined && !request.signal.aborted) this.#unanswered.resolve(request);
      return given;
    });
    this.#asking = answer.catch(() => undefined);
    return answer;
  }
}

/** What the wait for a turn, and for those that go on with what its check found, came to: the last end, or a question that nobody here can answer. */
export async function waitForTurn(follower: Follower, sessionId: SessionId, turn: Turn): Promise<TurnEnd> {
  const waiting = follower.unanswered.then((request) => {
    // Another turn's question is not this command's business.
    if (request.turnId !== undefined && !follower.turnsFrom(turn.turnId).includes(request.turnId))
      return turn.settled;
    throw waitingError(sessionId, request);
  });
  waiting.catch(() => undefined);
  return Promise.race([turn.settled, waiting]);
}

/** The session waits for an answer: which, and how it is given. */
export function waitingError(
  sessionId: SessionId,
  { interactionId, interaction }: InteractionRequest,
): CommandError {
  const lines = [
    `Answer with: holdfast answer ${sessionId} ${interactionId} OPTION`,
    ...interactionLines(interaction).map((line) => `  ${line}`),
  ];
  return new CommandError(
    `the session waits for an answer to "${interaction.title}" (interaction ${interactionId})`,
    {
      exitCode: exitCodes.waiting,
      hint: lines.join('\n'),
    },
  );
}

/** The exit code of a turn's end. */
export function exitCodeOf({ outcome }: TurnEnd): ExitCode {
  if (outcome === 'completed') return exitCodes.ok;
  return outcome === 'cancelled' ? exitCodes.cancelled : exitCodes.failed;
}

/** Runs something while Ctrl-C cancels a turn instead of ending the process; a second Ctrl-C ends it. */
export async function cancellingOnInterrupt<T>(
  cancel: () => Promise<unknown>,
  run: () => Promise<T>,
): Promise<T> {
  let interrupted = false;
  const interrupt = (): void => {
    if (interrupted) process.exit(exitCodes.cancelled);
    interrupted = true;
    cancel().catch(() => process.exit(exitCodes.cancelled));
  };
  process.on('SIGINT', interrupt);
  try {
    return await run();
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** Says on stderr when the connection goes and comes back; a person watching should not wonder. */
export function tellConnection(connection: Connection, terminal: Terminal): void {
  let lost = false;
  connection.onState((state) => {
    if (state === 'reconnecting') {
      lost = true;
      terminal.note('the connection to the runtime was lost; connecting again …\n');
    } else if (state === 'connected' && lost) {
      lost = false;
      terminal.note('connected again\n');
    }
  });
}
