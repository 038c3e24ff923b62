import { spawn } from 'node:child_process';
import type { Connection } from '../../../client/connect.ts';
import type { SignInMethod, SignInTerminal } from '../../../protocol/signIn.ts';
import { choose } from '../../asking.ts';
import {
  CommandError,
  exitCodes,
  positional,
  usageError,
  type ExitCode,
  type Invocation,
} from '../../command.ts';
import { plain } from '../../render.ts';

/** `holdfast agents login AGENT [METHOD]` */
export async function login(invocation: Invocation): Promise<ExitCode> {
  const { terminal } = invocation;
  const agent = positional(invocation, 1, 'AGENT');
  const connection = await invocation.connect();
  const { methods } = await connection.request('agent/authenticate', { agent });
  if (methods.length === 0) {
    terminal.note(`${plain(agent)} asks for no sign-in\n`);
    return exitCodes.ok;
  }
  const method = await pick(invocation, methods);
  if (method === undefined) return exitCodes.cancelled;
  const { methodId, kind } = method;
  const env = kind === 'environment' ? await valuesFor(invocation, method) : undefined;
  if (kind === 'agent') terminal.note(`${plain(method.name)}: ${plain(agent)} does the rest …\n`);
  const answer = await connection.request('agent/authenticate', {
    ...{ agent, methodId },
    ...(env !== undefined && { env }),
  });
  if (answer.terminal !== undefined) await inPlace(connection, { agent, methodId }, answer.terminal);
  terminal.note(`signed in to ${plain(agent)}\n`);
  return exitCodes.ok;
}

/** `holdfast agents logout AGENT` */
export async function logout(invocation: Invocation): Promise<ExitCode> {
  const agent = positional(invocation, 1, 'AGENT');
  const connection = await invocation.connect();
  await connection.request('agent/logout', { agent });
  invocation.terminal.note(`signed out of ${plain(agent)}\n`);
  return exitCodes.ok;
}

/** The method that was named, the only one, or what the person picks; `undefined` when they pick none. */
async function pick(
  { terminal, positionals }: Invocation,
  methods: readonly SignInMethod[],
): Promise<SignInMethod | undefined> {
  const words = ({ methodId, name }: SignInMethod): string[] => [methodId, name];
  const lines = methods.map(({ methodId, name, description }, index) => {
    const more = description === undefined ? '' : `: ${description}`;
    return `  ${index + 1}  ${plain(`${name} (${methodId})${more}`)}`;
  });
  const [, , named] = positionals;
  if (named !== undefined) {
    const chosen = choose(methods, named, words);
    if (chosen === undefined) throw usageError(`"${named}" is no way to sign in`, lines.join('\n'));
    return chosen;
  }
  const [only] = methods;
  if (methods.length === 1) return only;
  if (!terminal.isInteractive)
    throw usageError('there are several ways to sign in; name one', lines.join('\n'));
  for (const line of lines) terminal.note(`${line}\n`);
  for (;;) {
    const word = await terminal.ask(`  [1-${methods.length}] `, new AbortController().signal);
    if (word === undefined) return undefined;
    const chosen = choose(methods, word, words);
    if (chosen !== undefined) return chosen;
  }
}

/** Values from this program's own environment, else from the person. */
async function valuesFor(
  { terminal }: Invocation,
  { variables = [], link }: SignInMethod,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  if (link !== undefined) terminal.note(`  ${plain(link)}\n`);
  for (const { name, label, optional, secret } of variables) {
    const own = process.env[name];
    if (own !== undefined && own !== '') values[name] = own;
    else if (terminal.isInteractive) {
      const question = `  ${plain(label ?? name)}: `;
      const given = secret
        ? await terminal.secret(question)
        : await terminal.ask(question, new AbortController().signal);
      if (given !== undefined && given !== '') values[name] = given;
    } else if (!optional)
      throw usageError(`${name} is not set`, 'Set it in the environment of this command.');
  }
  return values;
}

/** Runs the agent's own command here, and says when it is done. */
async function inPlace(
  connection: Connection,
  request: { readonly agent: string; readonly methodId: string },
  { command, args, env }: SignInTerminal,
): Promise<void> {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  // What is typed is the agent's, Ctrl-C too.
  const leave = (): void => undefined;
  process.on('SIGINT', leave);
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      child.on('error', reject).on('exit', resolve),
    );
    if (code !== 0)
      throw new CommandError(`the sign-in ended with ${code === null ? 'a signal' : `code ${code}`}`);
  } finally {
    process.off('SIGINT', leave);
  }
  await connection.request('agent/authenticate', { ...request, done: true });
}
