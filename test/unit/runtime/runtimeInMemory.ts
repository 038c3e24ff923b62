import type { TestContext } from 'node:test';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import { Deferred } from '../../../src/base/deferred.ts';
import type { ErrorData } from '../../../src/protocol/errors.ts';
import type { Envelope } from '../../../src/protocol/events.ts';
import type { FrameSocket } from '../../../src/protocol/frames.ts';
import { newCommandId, newProcessId, type SessionId } from '../../../src/protocol/ids.ts';
import type { Interaction, Settlement } from '../../../src/protocol/interaction.ts';
import type { Method, ParamsIn, Result } from '../../../src/protocol/methods.ts';
import { PROTOCOL } from '../../../src/protocol/version.ts';
import type {
  AgentEvent,
  AgentExit,
  AgentPool,
  AgentProcess,
  TurnResult,
} from '../../../src/runtime/agent/agent.ts';
import type { ContentBlock } from '../../../src/protocol/content.ts';
import { AgentCatalogue } from '../../../src/runtime/agents/catalogue.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import type { RuleStore } from '../../../src/runtime/ruleStore.ts';
import { Runtime } from '../../../src/runtime/runtime.ts';
import { fakeSteering, type FakeSteering, type Steered } from './fakeSteering.ts';
import { afterwards, open, type Opened } from './journal/temporary.ts';

/** One prompt that the fake agent works on: the test says what comes of it. */
export interface Asked {
  readonly sessionId: SessionId;
  readonly content: readonly ContentBlock[];
  readonly cancelled: boolean;
  emit(event: AgentEvent): void;
  end(result?: Partial<TurnResult>): void;
  /** Answers the prompt with an error. */
  fail(error: Error): void;
  ask(interaction: Interaction): Promise<Settlement>;
  /** Goes on when it is cancelled. */
  ignoreCancel(): void;
}

/** A client over a socket that is a pair of function calls. */
export interface Client {
  request<M extends Method>(method: M, params: Omit<ParamsIn<M>, 'commandId'>): Promise<Result<M>>;
  /** Sends a request, and takes it back after so many turns of the event loop. */
  takenBack<M extends Method>(
    method: M,
    params: Omit<ParamsIn<M>, 'commandId'>,
    after: number,
  ): Promise<Result<M>>;
  /** Sends a frame as it is. */
  say(message: object): void;
  readonly events: Envelope[];
  /** Notifications other than events, in order. */
  readonly told: { readonly method: string; readonly params: Record<string, unknown> }[];
}

/** What a client says of itself; a library without summaries unless told otherwise. */
export interface ConnectingClient {
  readonly summaries?: boolean;
  readonly name?: string;
  /** The folders of an editor's window: with them the client is one. */
  readonly folders?: readonly string[];
}

/** A runtime over a real journal, with an agent that does what the test says. */
export interface RuntimeInMemory extends Opened {
  readonly runtime: Runtime;
  readonly asked: Asked[];
  /** What the agent was given while it worked. */
  readonly steered: Steered[];
  /** Whether the agent process is read; the last said. */
  readonly reading: () => boolean;
  /** Ends the agent process unasked; the next need of it starts another. */
  readonly crash: () => void;
  connect(options?: ConnectingClient): Promise<Client>;
}

export const record = { id: 'fake', name: 'Fake', kind: 'acp' } as const;

/** Turns of the event loop, so that what was set off is through. */
export async function turns(count = 5): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
}

/** Makes a runtime that has recovered, or does so while `sweep` lasts. Its journal ticks by itself. */
export async function runtimeInMemory(
  context: TestContext,
  options: {
    readonly clock?: Clock;
    readonly file?: string;
    readonly rules?: RuleStore;
    readonly stalledMs?: number;
    /** Whether the agent can be given more while it works (T2). */
    readonly steerable?: boolean;
    /** What its recovery waits for, and for which this does not wait then. */
    readonly sweep?: () => Promise<void>;
  } = {},
): Promise<RuntimeInMemory> {
  const { clock = systemClock, file, rules, stalledMs, sweep, steerable = false } = options;
  const schedule = (action: () => void): void => void setImmediate(action);
  const opened = open(context, { clock, schedule, ...(file !== undefined && { file }) });
  const asked: Asked[] = [];
  const steered: Steered[] = [];
  let reading = true;
  const read = (next: boolean): void => void (reading = next);
  const { pool, crash } = fakePool({ asked, read, ...(steerable && { steered }) });
  const runtime = new Runtime({
    journal: opened.journal,
    pool,
    catalogue: new AgentCatalogue({
      folder: '/nowhere/agents',
      registryUrl: undefined,
      clock,
      log: silentLog,
      environment: () => Promise.resolve({}),
    }),
    definitions: {
      list: () => ({ agents: [], problems: [] }),
      resolve: () => ({ record, env: {} }),
      restore: () => ({ record, env: {} }),
    },
    clock,
    log: silentLog,
    home: '/home',
    buildId: 'test',
    lingerMs: 1e9,
    rules,
    stalledMs,
    sweep: sweep ?? (() => Promise.resolve()),
    socket: () => '',
    onRetired: () => undefined,
  });
  const recovering = runtime.recover();
  if (sweep === undefined) await recovering;
  afterwards(context, () => runtime.dispose('the test is over'));
  return {
    ...opened,
    runtime,
    ...{ asked, steered },
    reading: () => reading,
    crash,
    connect: (client = {}) => connect(runtime, client),
  };
}

/** What the fake agent tells the test. */
interface Heard {
  readonly asked: Asked[];
  /** Absent where it cannot be steered. */
  readonly steered?: Steered[];
  readonly read: (reading: boolean) => void;
}

function fakePool(heard: Heard): { readonly pool: AgentPool; readonly crash: () => void } {
  let current = fakeProcess(heard);
  const pool: AgentPool = {
    acquire: () => Promise.resolve(current.process),
    get processes() {
      return [current.process];
    },
    dispose: () => Promise.resolve(),
  };
  const crash = (): void => {
    const gone = current;
    current = fakeProcess(heard);
    gone.crash();
  };
  return { pool, crash };
}

function fakeProcess({ asked, steered, read }: Heard): {
  readonly process: AgentProcess;
  readonly crash: () => void;
} {
  let isUsable = true;
  const working = new Set<Deferred<TurnResult>>();
  const given = new Set<FakeSteering>();
  const exited = new Deferred<AgentExit>();
  const sessions = new Set<SessionId>();
  const process: AgentProcess = {
    processId: newProcessId(),
    pid: undefined,
    agentId: record.id,
    info: {},
    startedAt: 0,
    sessions,
    get isUsable() {
      return isUsable;
    },
    exited: exited.promise,
    stop: () => Promise.resolve(),
    pause: () => read(false),
    resume: () => read(true),
    async open({ sessionId, host }) {
      sessions.add(sessionId);
      let running: { cancelled: boolean; deaf: boolean; readonly result: Deferred<TurnResult> } | undefined;
      return {
        agentSessionId: `agent-${sessionId}`,
        how: 'new',
        prompt(content) {
          const own = { cancelled: false, deaf: false, result: new Deferred<TurnResult>() };
          running = own;
          working.add(own.result);
          asked.push({
            sessionId,
            content,
            get cancelled() {
              return own.cancelled;
            },
            emit: (event) => host.emit(event),
            ask: (interaction) => host.ask(interaction),
            ignoreCancel: () => void (own.deaf = true),
            fail: (error) => own.result.reject(error),
            end: (result) => own.result.resolve({ outcome: 'completed', ...result }),
          });
          return own.result.promise;
        },
        steer:
          steered &&
          ((content) => {
            const one = fakeSteering(sessionId, content);
            given.add(one);
            steered.push(one.steered);
            return one.steering;
          }),
        cancel() {
          if (running === undefined) return;
          running.cancelled = true;
          if (!running.deaf) running.result.resolve({ outcome: 'cancelled' });
        },
        configure: () => Promise.resolve(),
        async close() {
          sessions.delete(sessionId);
          for (const one of given)
            if (one.steered.sessionId === sessionId) one.lose(new Error('the session was closed'));
        },
      };
    },
  };
  const crash = (): void => {
    isUsable = false;
    const gone = new Error('the agent is gone');
    for (const result of working) result.reject(gone);
    for (const one of given) one.lose(gone);
    exited.resolve({ exitCode: 1, signal: null, stderrTail: '', expected: false });
  };
  return { process, crash };
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly data?: ErrorData };
}

async function connect(
  runtime: Runtime,
  { summaries = false, name = 'client', folders }: ConnectingClient,
): Promise<Client> {
  const waiting = new Map<number, Deferred<never>>();
  const events: Envelope[] = [];
  const told: Client['told'] = [];
  let hear = (_: string): void => undefined;
  let count = 0;
  const take = ({ id, method, params = {}, result, error }: Answer): void => {
    if (method === 'session/events') {
      events.push(...(params['events'] as Envelope[]));
      say({ method: 'feed/credit', params: { bytes: params['bytes'] } });
    } else if (method !== undefined) told.push({ method, params });
    else if (error === undefined) waiting.get(id ?? 0)?.resolve(result as never);
    else waiting.get(id ?? 0)?.reject(Object.assign(new Error(error.message), { kind: error.data?.kind }));
  };
  const socket: FrameSocket = {
    send(text, done) {
      queueMicrotask(() => take(JSON.parse(text) as Answer));
      done();
    },
    close: () => undefined,
    onText: (listener) => void (hear = listener),
    onClose: () => undefined,
    onError: () => undefined,
  };
  const say = (message: object): void => hear(JSON.stringify({ jsonrpc: '2.0', ...message }));
  const ask = (method: string, params: object): Promise<never> => {
    const id = ++count;
    const answer = new Deferred<never>();
    waiting.set(id, answer);
    say({ id, method, params });
    return answer.promise;
  };
  runtime.accept(socket);
  const kind = folders === undefined ? 'library' : 'editor';
  const holdfast = { protocol: PROTOCOL, client: { id: name, kind, name }, summaries, folders };
  await ask('initialize', { initializationOptions: { holdfast } });
  return {
    events,
    told,
    say,
    request: (method, params) => ask(method, { commandId: newCommandId(), ...params }),
    takenBack(method, params, after) {
      const answer = ask(method, { commandId: newCommandId(), ...params });
      const id = count;
      const cancel = (): void => say({ method: '$/cancelRequest', params: { id } });
      if (after === 0) cancel();
      else void turns(after).then(cancel);
      return answer;
    },
  };
}
