import { RequestError } from '@agentclientprotocol/sdk';
import { HoldfastError } from '../../protocol/errors.ts';
import type { SignInMethod, SignInTerminal } from '../../protocol/signIn.ts';
import type { AcpConnection, RequestOptions } from './acpConnection.ts';
import type { AgentSignIn, ResolvedAgent } from './agent.ts';
import { agentsWords } from './agentFailures.ts';
import { loose, textOf, type Loose } from './loose.ts';

/** A person may take this long in a browser, in milliseconds. */
const SIGN_IN_MS = 15 * 60_000;
const SIGN_OUT_MS = 60_000;

/** What an agent asked to be signed in answers with. */
const ERROR_SIGN_IN_NEEDED = -32000;

/** The ways to sign in that an agent named in `initialize`, with what it takes for each. */
export interface SignInOffer {
  readonly methods: readonly SignInMethod[];
  /** For terminal methods, by id: what is added to the agent's own invocation, or replaces it. */
  readonly terminals: ReadonlyMap<string, (agent: ResolvedAgent) => SignInTerminal>;
  readonly canSignOut: boolean;
}

/** Reads what the answer to `initialize` offers, in the version that was agreed on. */
export function signInOfferOf(answer: Loose, version: 1 | 2): SignInOffer {
  const named = Array.isArray(answer['authMethods']) ? answer['authMethods'].map(loose) : [];
  const terminals = new Map<string, (agent: ResolvedAgent) => SignInTerminal>();
  const methods = named.flatMap((method): SignInMethod[] => {
    const methodId = textOf(method['id']) ?? textOf(method['methodId']);
    if (methodId === undefined) return [];
    const terminal = terminalOf(method);
    if (terminal !== undefined) terminals.set(methodId, terminal);
    const variables = variablesOf(method);
    const kind = terminal !== undefined ? 'terminal' : variables !== undefined ? 'environment' : 'agent';
    const { description, link } = {
      description: textOf(method['description']),
      link: textOf(method['link']),
    };
    return [
      {
        ...{ methodId, name: textOf(method['name']) ?? methodId, kind },
        ...(description !== undefined && { description }),
        ...(variables !== undefined && { variables }),
        ...(link !== undefined && { link }),
      },
    ];
  });
  const auth = loose(loose(answer['agentCapabilities'])['auth']);
  const canSignOut =
    version === 2 ? methods.length > 0 : typeof auth['logout'] === 'object' && auth['logout'] !== null;
  return { methods, terminals, canSignOut };
}

function terminalOf(method: Loose): ((agent: ResolvedAgent) => SignInTerminal) | undefined {
  const given = loose(loose(method['_meta'])['terminal-auth']);
  const own = textOf(given['command']);
  // Agents of before the protocol had it name the whole command.
  if (own !== undefined)
    return ({ env }) => ({
      command: own,
      args: textsOf(given['args']),
      env: { ...env, ...valuesOf(given['env']) },
    });
  if (method['type'] !== 'terminal') return undefined;
  return ({ record, env }) => ({
    command: record.command ?? '',
    args: [...(record.args ?? []), ...textsOf(method['args'])],
    env: { ...env, ...valuesOf(method['env']) },
  });
}

function variablesOf(method: Loose): NonNullable<SignInMethod['variables']> | undefined {
  if (method['type'] !== 'env_var') return undefined;
  const named = Array.isArray(method['vars']) ? method['vars'].map(loose) : [{ name: method['varName'] }];
  return named.flatMap((variable: Loose) => {
    const name = textOf(variable['name']);
    if (name === undefined) return [];
    const label = textOf(variable['label']);
    const { secret, optional } = variable;
    return [
      { name, ...(label !== undefined && { label }), secret: secret !== false, optional: optional === true },
    ];
  });
}

/** Signing in to a running agent, by the requests of the version it speaks. */
export function signInOf(
  offer: SignInOffer,
  {
    agent,
    connection,
    version,
  }: { readonly agent: ResolvedAgent; readonly connection: AcpConnection; readonly version: 1 | 2 },
): AgentSignIn {
  const { name } = agent.record;
  const [signIn, signOut] = version === 1 ? ['authenticate', 'logout'] : ['auth/login', 'auth/logout'];
  const methods = offer.methods.map((method) => {
    const terminal = offer.terminals.get(method.methodId)?.(agent);
    return terminal === undefined
      ? method
      : { ...method, commandLine: [terminal.command, ...terminal.args].map(quoted).join(' ') };
  });
  const ask = async (method: string, params: object, options: RequestOptions) => {
    try {
      await connection.request(method, params, options);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      throw new HoldfastError('signInFailed', `${name}: ${agentsWords(error)}`, { code: error.code }, error);
    }
  };
  return {
    methods,
    canSignOut: offer.canSignOut,
    terminal: (methodId) => offer.terminals.get(methodId)?.(agent),
    signIn: (methodId, signal) =>
      ask(signIn, { methodId }, { deadlineMs: SIGN_IN_MS, ...(signal !== undefined && { signal }) }),
    signOut: () => ask(signOut, {}, { deadlineMs: SIGN_OUT_MS }),
  };
}

/** What an agent answered, if that is that a person must sign in first; `undefined` for everything else. */
export function signInNeeded(error: unknown, name: string): HoldfastError | undefined {
  if (!(error instanceof RequestError) || error.code !== ERROR_SIGN_IN_NEEDED) return undefined;
  const text = `${name} needs you to sign in first: ${agentsWords(error)}`;
  return new HoldfastError('signInRequired', text, { code: error.code }, error);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/u.test(word) ? word : JSON.stringify(word);
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** A record of texts, or version 2's list of names and values. */
function valuesOf(value: unknown): Record<string, string> {
  const pairs = Array.isArray(value)
    ? value.map(loose).map(({ name, value: text }) => [name, text] as const)
    : Object.entries(loose(value));
  return Object.fromEntries(
    pairs.filter(
      (pair): pair is [string, string] => typeof pair[0] === 'string' && typeof pair[1] === 'string',
    ),
  );
}
