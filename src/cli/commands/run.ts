import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Deferred } from '../../base/deferred.ts';
import { errorText } from '../../base/errorText.ts';
import type { McpServers } from '../../protocol/agentDefinition.ts';
import type { CreateConfig } from '../../client/opening.ts';
import type { PromptOptions, Session } from '../../client/session.ts';
import { isHoldfastError } from '../../protocol/errors.ts';
import type { JsonSchema } from '../../client/jsonAnswer.ts';
import {
  CommandError,
  exitCodes,
  text,
  texts,
  usageError,
  type Command,
  type ExitCode,
  type Invocation,
  type Values,
} from '../command.ts';
import { plain } from '../render.ts';
import { cancellingOnInterrupt, exitCodeOf, Follower, tellConnection, waitForTurn } from '../follow.ts';
import { mcpOption, mcpServersOf } from '../mcpFile.ts';
import { permissionModeOf, permissionModeOption, promptOptions, promptOptionsOf } from '../turnOptions.ts';
import type { Terminal } from '../terminal.ts';

/** How long the session's last event may take to arrive, once its end was answered. */
const LAST_EVENT_MS = 2_000;

/** `holdfast run`: create, prompt, stream, end. */
export const run: Command = {
  name: 'run',
  usage:
    '[--agent A] [--cwd D] [--title T] [--mcp FILE] [--artifacts DIR] [--schema FILE] [--permission-mode M] [--until CMD [--max N]] [--json] PROMPT',
  summary: 'run one prompt in a session of its own, show what happens, and end the session',
  details: [
    'PROMPT "-" is read from stdin. Ctrl-C cancels the turn.',
    'With --until it goes on until the check is green: then the exit code is 0, and 1 when it does not become so.',
    'Exit code: 0 completed, 1 failed, 2 usage, 3 cancelled, 4 waiting for an answer nobody can give; with 4 the session stays as it is.',
  ].join('\n'),
  options: {
    agent: { type: 'string', describe: 'the agent; default: the configured one, else Shell' },
    cwd: { type: 'string', describe: 'the working directory; default: this one' },
    title: { type: 'string', describe: 'what the session is called' },
    ...mcpOption,
    artifacts: {
      type: 'string',
      multiple: true,
      describe: 'a directory whose files are kept, see "holdfast artifacts"; may be given again',
    },
    schema: { type: 'string', describe: 'a file with a JSON Schema: prints the answer as JSON that fits it' },
    ...permissionModeOption,
    ...promptOptions,
    json: { type: 'boolean', describe: 'one envelope a line instead of words' },
  },
  async run(invocation) {
    const { values, terminal } = invocation;
    const prompt = await promptText(invocation, 0);
    const options = { ...sessionOptions(invocation), ...permissionModeOf(values) };
    const sent = promptOptionsOf(values);
    const directories = texts(values, 'artifacts');
    const schema = text(values, 'schema');
    if (schema !== undefined) return answer(invocation, prompt, { schema, options, sent });
    const connection = await invocation.connect();
    const follower = new Follower({
      terminal,
      json: values['json'] === true,
      render: { asides: 'stderr', prompts: false },
    });
    const ended = new Deferred<void>();
    const session = await connection.openSession({
      ...follower.handlers,
      ...options,
      ...(directories.length > 0 && { artifacts: directories }),
      onEvent(envelope) {
        follower.show(envelope);
        if (envelope.event.type === 'session.ended') ended.resolve();
      },
    });
    tellConnection(connection, terminal);
    const end = await cancellingOnInterrupt(
      () => session.cancel(),
      async () => waitForTurn(follower, session.id, await session.prompt(prompt, sent)),
    );
    await endSession(session, ended.promise, terminal);
    follower.renderer.finish();
    return exitCodeOf(end);
  },
};

/** `--schema`: the answer alone, on stdout, as JSON that fits. What the agent asks meanwhile is rejected. */
async function answer(
  invocation: Invocation,
  prompt: string,
  given: { readonly schema: string; readonly options: CreateConfig; readonly sent: PromptOptions },
): Promise<ExitCode> {
  const { deadlineMs: timeoutMs, ...others } = given.sent;
  if (Object.values(others).some((value) => value !== undefined))
    throw usageError('of the options for a prompt, only --deadline goes with --schema');
  const schema = await readSchema(given.schema);
  const connection = await invocation.connect();
  const abort = new AbortController();
  const query = connection.query<unknown>(prompt, {
    ...given.options,
    artifacts: texts(invocation.values, 'artifacts'),
    schema,
    timeoutMs,
    signal: abort.signal,
  });
  try {
    const { data } = await cancellingOnInterrupt(
      async () => abort.abort(),
      () => query,
    );
    invocation.terminal.line(JSON.stringify(data));
    return exitCodes.ok;
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    if (error.kind === 'aborted') return exitCodes.cancelled;
    const said = error.details['text'];
    const hint = typeof said === 'string' && said !== '' ? { hint: `it said: ${plain(said)}` } : {};
    throw new CommandError(error.message, hint);
  }
}

async function readSchema(file: string): Promise<JsonSchema> {
  try {
    const schema: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema as JsonSchema;
  } catch (error) {
    throw usageError(`the schema ${file} cannot be read: ${errorText(error)}`);
  }
  throw usageError(`the schema ${file} is not a JSON object`);
}

/** What `--agent`, `--cwd`, `--title` and `--mcp` say of a session to create. */
export function sessionOptions({ values, remote }: Invocation): {
  readonly cwd: string;
  readonly agent?: string;
  readonly title?: string;
  readonly mcpServers?: McpServers;
} {
  const agent = text(values, 'agent');
  const title = text(values, 'title');
  return {
    cwd: remote === undefined ? path.resolve(text(values, 'cwd') ?? '.') : remoteDirectory(values, remote),
    ...(agent === undefined ? {} : { agent }),
    ...(title === undefined ? {} : { title }),
    ...mcpServersOf(values),
  };
}

/** A path on another machine is taken as it is; this one's directory means nothing there. */
function remoteDirectory(values: Values, remote: string): string {
  const given = text(values, 'cwd');
  if (given === undefined) throw usageError(`with --remote, --cwd must name a directory on ${remote}`);
  return given;
}

/** The prompt that the words from a place on make; `-` is read from stdin. */
export async function promptText({ positionals, terminal }: Invocation, from: number): Promise<string> {
  const words = positionals.slice(from);
  const prompt = words.length === 1 && words[0] === '-' ? await terminal.readAll() : words.join(' ');
  if (prompt.trim() === '') throw usageError('the prompt is missing');
  return prompt;
}

/** Ends the session; that something goes wrong there does not change how the turn ended. */
async function endSession(session: Session, ended: Promise<void>, terminal: Terminal): Promise<void> {
  try {
    await session.end({ force: true });
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LAST_EVENT_MS).unref())]);
  } catch (error) {
    terminal.note(`holdfast: the session ${session.id} could not be ended: ${errorText(error)}\n`);
  }
}
