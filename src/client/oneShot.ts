import { errorCodes, HoldfastError, type ErrorKind } from '../protocol/errors.ts';
import type { Envelope } from '../protocol/events.ts';
import type { MessageId, SessionId, TurnId } from '../protocol/ids.ts';
import { answerCheck, askAgain, askForJson, type AnswerCheck, type JsonSchema } from './jsonAnswer.ts';
import type { CreateConfig, OpenConfig } from './opening.ts';
import type { Session } from './session.ts';
import type { TurnEnd } from './turnWaits.ts';

/**
 * How one prompt is run in a session of its own: as `openSession`, and for how long. Nobody is there to ask: without handlers of
 * its own, what the agent asks is rejected.
 */
export interface OneShotOptions extends Omit<CreateConfig, 'cwd'> {
  /** The working directory, absolute; default: this process's. */
  readonly cwd?: string | undefined;
  /** Milliseconds for each turn; then it is cancelled, and the call rejects with `timedOut`. */
  readonly timeoutMs?: number | undefined;
}

/** What came of a run. */
export interface RunResult {
  readonly sessionId: SessionId;
  /** How the turn ended; a failed one is a result like any other. */
  readonly end: TurnEnd;
  /** What the agent said in it, or, where it said nothing, what its commands printed. */
  readonly text: string;
}

/** How a query is asked. */
export interface QueryOptions extends OneShotOptions {
  /** What the answer must be, as a JSON Schema. */
  readonly schema?: JsonSchema | undefined;
}

/** The answer to a query. */
export interface QueryResult<Data> {
  readonly sessionId: SessionId;
  readonly text: string;
  /** With a schema, the answer read as JSON and found valid. */
  readonly data: Data;
}

/** The two calls of a connection that need one session each (C6). */
export interface OneShots {
  /** Runs one prompt in a session of its own, which is ended afterwards. */
  run(prompt: string, options?: OneShotOptions): Promise<RunResult>;
  /**
   * The same, for its answer. With a schema the answer comes back as data that is valid against it: one that is not is
   * named to the agent and asked for once more. Rejects with `answerInvalid` when that one is not either, and with the kind
   * of the failure when the turn did not complete; `details.text` is what was said.
   */
  query<Data = undefined>(prompt: string, options?: QueryOptions): Promise<QueryResult<Data>>;
}

/** Makes them, over the same opening that everything else uses. */
export function oneShots(open: (config: OpenConfig) => Promise<Session>): OneShots {
  return {
    run: (prompt, options = {}) => withSession(open, options, (turn) => turn(prompt)),

    async query<Data>(prompt: string, options: QueryOptions = {}) {
      const { schema, ...rest } = options;
      const check = schema === undefined ? undefined : await answerCheck(schema);
      return withSession(open, rest, async (turn, session) => {
        // A shell runs what it is sent: it cannot be told how to answer, nor asked again.
        const talks = session.head.agent.kind !== 'shell';
        const first = completed(
          await turn(schema === undefined || !talks ? prompt : askForJson(prompt, schema)),
        );
        if (schema === undefined || check === undefined) return { ...first, data: undefined as Data };
        const checked = check(first.text);
        if (checked.ok) return { ...first, data: checked.data as Data };
        if (!talks) throw invalid(first, checked.problem);
        const second = completed(await turn(askAgain(checked.problem, schema)));
        return { ...second, data: valid(second, check) as Data };
      });
    },
  };
}

type Turn = (prompt: string) => Promise<RunResult>;

async function withSession<T>(
  open: (config: OpenConfig) => Promise<Session>,
  { timeoutMs, cwd = process.cwd(), onEvent, ...options }: OneShotOptions,
  use: (turn: Turn, session: Session) => Promise<T>,
): Promise<T> {
  const said = new Said();
  const session = await open({
    onPermission: () => ({ kind: 'reject' }),
    onQuestion: () => ({ kind: 'reject' }),
    ...options,
    cwd,
    onEvent(envelope) {
      said.take(envelope);
      return onEvent?.(envelope);
    },
  });
  try {
    const { signal } = options;
    const turn: Turn = async (prompt) => {
      const { turnId, ended } = await session.prompt(prompt, { origin: 'api', signal, timeoutMs });
      const end = await ended;
      return { sessionId: session.id, end, text: said.text(turnId) };
    };
    return await use(turn, session);
  } finally {
    // What came of the turn is known; that the session cannot be ended changes nothing of it.
    await session.end({ force: true }).catch(() => undefined);
    session.leave();
  }
}

/** Throws what a turn failed with. */
function completed(result: RunResult): RunResult {
  const { end, text, sessionId } = result;
  if (end.outcome === 'completed') return result;
  const { kind = 'agentFailed', message = `the turn ended ${end.outcome}` } = end.failure ?? {};
  const details = { text, sessionId, outcome: end.outcome };
  throw new HoldfastError(known(kind), message, details);
}

/** A kind that this build knows; a newer runtime may know more. */
function known(kind: string): ErrorKind {
  return Object.hasOwn(errorCodes, kind) ? (kind as ErrorKind) : 'agentFailed';
}

function valid(result: RunResult, check: AnswerCheck): unknown {
  const checked = check(result.text);
  if (checked.ok) return checked.data;
  throw invalid(result, checked.problem);
}

function invalid({ text, sessionId }: RunResult, problem: string): HoldfastError {
  return new HoldfastError('answerInvalid', `the answer is not what the schema asks for: ${problem}`, {
    text,
    problem,
    sessionId,
  });
}

/** What was said in each turn of a session. */
class Said {
  readonly #messages = new Map<MessageId, { readonly turnId: TurnId | undefined; text: string }>();
  readonly #printed = new Map<TurnId | undefined, string>();

  take({ event, turnId }: Envelope): void {
    switch (event.type) {
      case 'message.started':
        if (event.role === 'agent')
          this.#messages.set(event.messageId, { turnId, text: textOf(event.content) });
        return;
      case 'message.appended': {
        const message = this.#messages.get(event.messageId);
        if (message !== undefined) message.text += textOf([event.content]);
        return;
      }
      case 'message.completed': {
        const message = this.#messages.get(event.messageId);
        if (message !== undefined) message.text = textOf(event.content);
        return;
      }
      case 'commandRun.output':
        if (event.stream === 'stdout')
          this.#printed.set(turnId, (this.#printed.get(turnId) ?? '') + event.text);
        return;
      default:
    }
  }

  text(turnId: TurnId): string {
    const messages = [...this.#messages.values()].filter((message) => message.turnId === turnId);
    return messages.length > 0
      ? messages.map(({ text }) => text).join('\n\n')
      : (this.#printed.get(turnId) ?? '');
  }
}

function textOf(content: Extract<Envelope['event'], { type: 'message.started' }>['content']): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
