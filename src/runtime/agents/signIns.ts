import { HoldfastError, isHoldfastError } from '../../protocol/errors.ts';
import { errorText } from '../../base/errorText.ts';
import type { Interaction } from '../../protocol/interaction.ts';
import type { Result } from '../../protocol/methods.ts';
import type { SignInMethod } from '../../protocol/signIn.ts';
import type { AgentHost, AgentPool, AgentProcess, AgentSignIn, ResolvedAgent } from '../agent/agent.ts';
import { SettledElsewhere } from '../interactions.ts';
import { redactValue } from '../redactValue.ts';
import { SecretMatcher } from '../secretMatcher.ts';
import { SHORTEST_SECRET } from '../secrets.ts';
import type { AgentStates } from './states.ts';

type Values = Readonly<Record<string, string>>;

/** Who must be signed in before what was asked can go on. */
export interface SignInNeeded {
  /** What the agent answered. */
  readonly error: HoldfastError;
  readonly process: AgentProcess;
  readonly agent: ResolvedAgent;
  readonly host: AgentHost;
  readonly signal: AbortSignal;
}

/** What a client asks for by `agent/authenticate`. */
export interface Authenticate {
  readonly methodId?: string | undefined;
  readonly env?: Values | undefined;
  /** A terminal method was done. */
  readonly done: boolean;
}

const METHOD = 'method';

/**
 * Signing in to agents (A7). A session whose agent asks for it shows one card with the ways there are; when the person
 * has signed in, there or from a list of agents, every session that waits for the same agent goes on. Values that a person
 * gave live here only, until the runtime ends. Owned by the runtime.
 */
export class SignIns {
  readonly #pool: AgentPool;
  readonly #states: AgentStates;
  readonly #redact: (text: string) => string;
  readonly #values = new Map<string, Values>();
  readonly #waiting = new Map<string, Set<AbortController>>();
  /** Processes that were signed out of: what they opened before says nothing any more. */
  readonly #left = new WeakSet<AgentProcess>();

  /** `redact` takes secrets out of what is told of agents beside any session (C5). */
  constructor(pool: AgentPool, states: AgentStates, redact: (text: string) => string = (text) => text) {
    this.#pool = pool;
    this.#states = states;
    this.#redact = redact;
  }

  /** An agent with the values that a person gave for signing in to it. */
  withValues(agent: ResolvedAgent): ResolvedAgent {
    const values = this.#values.get(agent.record.id);
    if (values === undefined) return agent;
    return { ...agent, env: { ...agent.env, ...values }, secretNames: Object.keys(values) };
  }

  /** An agent works: what was wrong before is past. */
  worked(process: AgentProcess, id: string): void {
    if (this.#left.has(process)) return;
    const { signIn } = process;
    this.#states.worked(id, signIn === undefined || signIn.methods.length === 0 ? 'unknown' : 'signedIn');
  }

  /** An agent could not be started, or could not open a session. */
  failed(id: string, error: unknown): void {
    if (isHoldfastError(error, 'signInRequired')) this.#states.needsSignIn(id, this.#redact(error.message));
    else this.#states.failed(id, this.#redact(errorText(error)));
  }

  /**
   * Asks the person to sign in, until that is done; a way that failed is told of, and can be tried again or another one. Rejects
   * with what the agent answered when the person does not want to, or there is no way.
   */
  async settle({ error, process, agent, host, signal }: SignInNeeded): Promise<void> {
    const { id, name } = agent.record;
    this.#states.needsSignIn(id, this.#redact(error.message));
    const { signIn } = process;
    if (signIn === undefined || signIn.methods.length === 0) throw error;
    const elsewhere = this.#wait(id);
    let problem: string | undefined;
    try {
      for (;;) {
        const asked = interactionOf({ id, name, methods: signIn.methods, problem });
        const settlement = await host.ask(asked, AbortSignal.any([signal, elsewhere.signal]));
        if (elsewhere.signal.aborted) return;
        if (settlement.outcome !== 'answered' || settlement.answer.kind !== 'values') throw error;
        const methodId = String(settlement.answer.values[METHOD]);
        try {
          const giveUp = AbortSignal.any([signal, elsewhere.signal]);
          await this.#perform({ agent, process, signIn }, { methodId, done: true }, giveUp);
          return;
        } catch (failure) {
          if (elsewhere.signal.aborted) return;
          if (signal.aborted) throw error;
          problem = errorText(failure);
        }
      }
    } finally {
      this.#waiting.get(id)?.delete(elsewhere);
    }
  }

  /** As `agent/authenticate` asks. Rejects with `signInFailed`, or when the agent cannot be started. */
  async authenticate(agent: ResolvedAgent, options: Authenticate): Promise<Result<'agent/authenticate'>> {
    const process = await this.#pool.acquire(this.withValues(agent));
    const { signIn } = process;
    const methods = [...(signIn?.methods ?? [])];
    if (options.methodId === undefined || signIn === undefined) return { state: 'choose', methods };
    try {
      return { ...(await this.#perform({ agent, process, signIn }, options)), methods };
    } catch (error) {
      const shown = withoutValues(error, Object.values(options.env ?? {}));
      this.#states.needsSignIn(agent.record.id, this.#redact(errorText(shown)));
      throw shown;
    }
  }

  /** Signs out of an agent, and forgets the values that were given for it. Rejects with `unsupported` where it offers no way. */
  async signOut(agent: ResolvedAgent): Promise<void> {
    const { id, name } = agent.record;
    const process = await this.#pool.acquire(this.withValues(agent));
    const { signIn } = process;
    const hadValues = this.#values.delete(id);
    if (signIn?.canSignOut === true) await signIn.signOut();
    else if (!hadValues) {
      const text = `${name} offers no way to sign out from here; use its own command for that.`;
      throw new HoldfastError('unsupported', text, { agent: id });
    }
    this.#left.add(process);
    this.#pool.renew?.(id);
    this.#states.needsSignIn(id, `You signed out of ${name}.`);
  }

  async #perform(
    { agent, process, signIn }: { agent: ResolvedAgent; process: AgentProcess; signIn: AgentSignIn },
    { methodId, env, done }: Authenticate,
    signal?: AbortSignal,
  ): Promise<{ state: 'signedIn' } | Pick<Result<'agent/authenticate'>, 'state' | 'terminal'>> {
    const { id, name } = agent.record;
    const method = signIn.methods.find((each) => each.methodId === methodId);
    if (method === undefined) {
      const known = signIn.methods.map((each) => each.methodId);
      const text = `${name} has no way “${methodId}” to sign in. It has: ${known.join(', ')}.`;
      throw new HoldfastError('signInFailed', text, { agent: id, known });
    }
    if (method.kind === 'agent') {
      await signIn.signIn(method.methodId, signal);
      this.#signedIn(id, process);
      return { state: 'signedIn' };
    }
    if (method.kind === 'terminal') {
      if (!done) return { state: 'terminal', terminal: signIn.terminal(method.methodId) };
      // Whoever runs already may not see what was done beside it.
      this.#signedIn(id, undefined);
      return { state: 'signedIn' };
    }
    await this.#withEnvironment(agent, method, env ?? {});
    return { state: 'signedIn' };
  }

  /** Starts the agent with the values that were given, and has it take them. */
  async #withEnvironment(agent: ResolvedAgent, method: SignInMethod, env: Values): Promise<void> {
    const { id, name } = agent.record;
    const before = this.#values.get(id);
    const named = (method.variables ?? []).filter((variable) => Object.hasOwn(env, variable.name));
    const missing = (method.variables ?? []).filter((each) => !each.optional && !named.includes(each));
    if (missing.length > 0) {
      const names = missing.map((variable) => variable.name).join(', ');
      const text = `${name} needs values for ${names}: give them with \`holdfast agents login ${id} ${method.methodId}\`, or from the list of agents.`;
      throw new HoldfastError('signInFailed', text, { agent: id, missing: missing.map((each) => each.name) });
    }
    const given = named.map((variable) => [variable.name, env[variable.name] ?? '']);
    this.#values.set(id, { ...before, ...(Object.fromEntries(given) as Values) });
    try {
      const process = await this.#pool.acquire(this.withValues(agent));
      await process.signIn?.signIn(method.methodId);
      this.#signedIn(id, process);
    } catch (error) {
      if (before === undefined) this.#values.delete(id);
      else this.#values.set(id, before);
      throw error;
    }
  }

  /** Everyone who waits for this agent goes on, on a process that knows of it. */
  #signedIn(id: string, on: AgentProcess | undefined): void {
    this.#pool.renew?.(id, on);
    this.#states.worked(id, on === undefined ? 'unknown' : 'signedIn');
    const settled = new SettledElsewhere({ outcome: 'answered', answer: { kind: 'accept' } });
    for (const waiting of this.#waiting.get(id) ?? []) waiting.abort(settled);
  }

  #wait(id: string): AbortController {
    const waiting = new AbortController();
    const all = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, all.add(waiting));
    return waiting;
  }
}

/** What an agent says of values that it did not take, without them: no session knows them yet (C5). */
function withoutValues(error: unknown, values: readonly string[]): unknown {
  const secrets = values.filter((value) => value.length >= SHORTEST_SECRET);
  if (secrets.length === 0 || !(error instanceof HoldfastError)) return error;
  const { kind, message, details } = error;
  const shown = redactValue({ message, details }, new SecretMatcher(secrets), { free: true });
  return new HoldfastError(kind, shown.message, shown.details);
}

/** The card: a question of one choice, which every client can show; `signIn` is for those that can do more. */
function interactionOf({
  id,
  name,
  methods,
  problem,
}: {
  readonly id: string;
  readonly name: string;
  readonly methods: readonly SignInMethod[];
  readonly problem: string | undefined;
}): Interaction {
  const text = 'How do you want to sign in? What you asked for goes on after that.';
  const options = methods.map((method) => {
    const description = [method.description, whatToDo(id, method)]
      .filter((part) => part !== undefined)
      .join(' ');
    return { optionId: method.methodId, label: method.name, ...(description !== '' && { description }) };
  });
  return {
    kind: 'question',
    title: `Sign in to ${name}`,
    questions: [
      {
        questionId: METHOD,
        text: problem === undefined ? text : `That did not work: ${problem} ${text}`,
        ...{ options, multiSelect: false, freeText: false },
      },
    ],
    signIn: { agent: id, methods: [...methods] },
  };
}

function whatToDo(id: string, { kind, commandLine, methodId }: SignInMethod): string | undefined {
  if (kind === 'terminal') return `Run \`${commandLine}\` in a terminal, and choose this when it is done.`;
  if (kind === 'environment') return `Run \`holdfast agents login ${id} ${methodId}\` in a terminal.`;
  return undefined;
}
