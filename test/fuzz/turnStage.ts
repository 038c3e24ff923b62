import type { Envelope } from '../../src/protocol/events.ts';
import type { Head, Outcome } from '../../src/protocol/head.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import type { Method, ParamsIn, Result } from '../../src/protocol/methods.ts';
import type { Fate, Given, Sent, TurnModel } from './turnModel.ts';

/** What works on a turn, in the hands of the test. */
export interface Work {
  /** How it can be made to end. */
  readonly outcomes: readonly Outcome[];
  end(outcome: Outcome): void;
  /** Asks for one of some options; resolves with the one that it was told, or with nothing. */
  readonly ask?: ((words: string, options: readonly string[]) => Promise<string | undefined>) | undefined;
  /** Goes on when it is cancelled. */
  readonly ignoreCancel?: (() => void | Promise<void>) | undefined;
}

/** Where a walk takes place: clients, a runtime, and agents that do what the walk says. */
export interface Stage {
  /** How many clients there are. */
  readonly clients: number;
  /** Whether turns can also be commands. */
  readonly runsCommands: boolean;
  request<M extends Method>(
    client: number,
    method: M,
    params: Omit<ParamsIn<M>, 'commandId'>,
  ): Promise<Result<M>>;
  /** A session that ended is opened again by a client. */
  resume(client: number, sessionId: SessionId): Promise<unknown>;
  /** The head of a session, and all that it showed, as they are known now. */
  seen(sessionId: SessionId): { readonly head: Head; readonly events: readonly Envelope[] };
  /** How words are sent to whoever works on them. They are said once in all. */
  text(model: TurnModel, sent: Sent): string;
  /** Resolves when a turn is being worked on. */
  work(model: TurnModel, sent: Sent): Promise<Work>;
  /** Resolves when this holds of what is seen, and nothing is under way; rejects with what it throws. */
  settled(holds: () => void): Promise<void>;
  /** Kills the agents' processes; resolves when the runtime knows. */
  crash(): Promise<void>;
  /** A client goes away in the middle, and comes back. */
  reconnect(client: number): Promise<void>;
  /** The agent says what it did with what it was given; deaf to cancel in what it began, perhaps. */
  land?(
    model: TurnModel,
    given: Given,
    how: { readonly fate: Fate; readonly isDeaf: boolean },
  ): void | Promise<void>;
  /** Whether the agent has something that it was to be given. */
  wasGiven?(words: string): boolean;
  /** The agent leaves what it was told to stop. */
  leave?(words: string): void | Promise<void>;
  /** Whether an agent may say of work that is over that it took something in. */
  readonly joinsLate?: boolean;
  /** Lets the time pass in which agents may say what became of what they were given. */
  readonly lose?: (() => void) | undefined;
  /** Kills the runtime; resolves when there is another one, which has recovered. */
  readonly kill?: (() => Promise<void>) | undefined;
}
