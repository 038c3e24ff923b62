import { readFileSync } from 'node:fs';
import { errorText } from '../../base/errorText.ts';
import {
  agentChangeSchema,
  agentDefinitionSchema,
  ALL_AGENTS,
  mcpServerSchema,
  type AgentDefinition,
  type AgentRecord,
  type McpServer,
  type McpServers,
} from '../../protocol/agentDefinition.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { agentsFileSchema } from '../../protocol/handshake.ts';
import { SHELL_AGENT_ID } from '../../protocol/ids.ts';
import type { Result } from '../../protocol/methods.ts';
import { issueText } from '../../protocol/parseParams.ts';
import { REDACTED } from '../secretMatcher.ts';
import type { ResolvedAgent } from './agent.ts';

/** Agents as settings or `agents.json` give them: by id, not yet read. */
export type UnreadAgents = Readonly<Record<string, unknown>>;

/** An agent that nobody defined: installed from the registry, or found on PATH. */
export interface BelowAgent {
  readonly source: 'registry' | 'path';
  readonly definition: AgentDefinition;
}

/** What stands below all definitions (A8). */
export interface AgentsBelow {
  agents(): ReadonlyMap<string, BelowAgent>;
  /** Why an agent that is known cannot be had; `undefined` for one that is not known. */
  missing(id: string): HoldfastError | undefined;
  /** Why a definition's program cannot be started; `undefined` when it is there, or is only known where a session works. */
  absent(definition: AgentDefinition): string | undefined;
  /** Whether what a session's record names has been replaced by another version, or taken away. */
  isGone(record: AgentRecord): boolean;
}

/**
 * Which agents there are (ARCHITECTURE.md): the built-in Shell < installed from the registry < found on PATH < `agents.json` <
 * settings that a client sends; one of the latter two without a command changes the one below it. What stands under `*` is for all agents. The file is read each time it is asked for, so that an edit holds for the next session. Owned by the runtime.
 */
export interface AgentDefinitions {
  /** All that can be started, and those that could not be read, by name. */
  list(settings: UnreadAgents): DefinedAgents;
  /**
   * The agent of an id; Shell when none is named. Throws `agentUnknown` naming the known ones, `agentNotInstalled`, or
   * `agentDefinitionBroken` saying what is wrong with it and where it stands.
   */
  resolve(id: string | undefined, settings: UnreadAgents): ResolvedAgent;
  /**
   * What `session.started` recorded, with the environment values that were not: from today's definition of the same id,
   * in the settings of a client that is connected or in the file. What an import brought is today's definition as a whole.
   * Throws `agentStartFailed` naming the values that are missing, and as `resolve` where a secret stood in its arguments.
   */
  restore(record: AgentRecord, settings?: UnreadAgents): ResolvedAgent;
}

/** Agents that can be used, and definitions that cannot be read. */
export type DefinedAgents = Pick<Result<'agent/list'>, 'agents' | 'problems'>;

type Source = 'registry' | 'path' | 'file' | 'settings';
type Problem = DefinedAgents['problems'][number];
type Read = { readonly source: Source } & (
  | { readonly definition: AgentDefinition }
  | { readonly problem: string }
);

const shell: ResolvedAgent = { record: { id: SHELL_AGENT_ID, name: 'Shell', kind: 'shell' }, env: {} };

/** What every entry of the list begins as. */
const plain = { usable: true, updateAvailable: false, signIn: 'unknown' } as const;

/** Makes the definitions of a data directory; `file` is its `agents.json`, which need not exist. */
export function agentDefinitions({
  file,
  below,
}: {
  readonly file: string;
  readonly below?: AgentsBelow;
}): AgentDefinitions {
  const readAll = (settings: UnreadAgents): ReadAgents => readAgents({ file, settings, below });
  const resolve: AgentDefinitions['resolve'] = (id = SHELL_AGENT_ID, settings) => {
    const { agents, problems, servers } = readAll(settings);
    const read = agents.get(id);
    if (read === undefined) {
      if (id === SHELL_AGENT_ID) return shell;
      throw below?.missing(id) ?? unknown(id, [...new Set([SHELL_AGENT_ID, ...agents.keys()])], problems);
    }
    if ('problem' in read) throw broken(id, read, file);
    const definition = withServers(read.definition, servers);
    const { env, mcpServers } = definition;
    return { record: recordOf(id, definition), env, ...serversOf(mcpServers) };
  };
  return {
    list(settings) {
      const { agents, problems } = readAll(settings);
      const list: DefinedAgents['agents'] = [];
      if (!agents.has(SHELL_AGENT_ID))
        list.push({ id: SHELL_AGENT_ID, name: shell.record.name, source: 'builtin', ...plain });
      for (const [id, read] of agents) {
        if ('problem' in read) problems.push({ agent: id, source: read.source, problem: read.problem });
        else {
          const missing = below?.absent(read.definition);
          list.push({
            id,
            name: read.definition.name ?? id,
            source: read.source,
            command: read.definition.command,
            ...plain,
            ...(missing !== undefined && { missing }),
          });
        }
      }
      return { agents: list, problems };
    },
    resolve,
    restore(recorded, settings = {}) {
      if (recorded.kind === 'acp' && recorded.command === undefined) return resolve(recorded.id, settings);
      const record =
        recorded.kind === 'acp' && below?.isGone(recorded) === true
          ? resolve(recorded.id, settings).record
          : withArguments(recorded, () => resolve(recorded.id, settings).record);
      const names = record.envNames ?? [];
      const servers = record.mcpServerNames ?? [];
      if (names.length === 0 && servers.length === 0) return { record, env: {} };
      const { agents, servers: ofAll } = readAll(settings);
      const now = agents.get(record.id);
      const found = now !== undefined && 'definition' in now ? now.definition : undefined;
      const known = found?.env ?? {};
      const mcpServers = { ...ofAll, ...found?.mcpServers };
      const missing = [
        ...names.filter((name) => !Object.hasOwn(known, name)),
        ...servers.filter((name) => !Object.hasOwn(mcpServers, name)),
      ];
      if (missing.length > 0) {
        const text = `The values of ${missing.join(', ')} for “${record.name}” are not known any more: define the agent in ${file}, or resume the session from the window that has them.`;
        throw new HoldfastError('agentStartFailed', text, { agent: record.id, missing });
      }
      return {
        record,
        env: Object.fromEntries(names.map((name) => [name, known[name] ?? ''])),
        ...serversOf(
          Object.fromEntries(Object.entries(mcpServers).filter(([name]) => servers.includes(name))),
        ),
      };
    },
  };
}

/** What is recorded of a definition: the names of environment variables, never their values. */
export function recordOf(id: string, definition: AgentDefinition): AgentRecord {
  const {
    name = id,
    command,
    args,
    env,
    isolate,
    mcpServers,
    maxSessions,
    idleMs,
    warm,
    mode,
    model,
  } = definition;
  const { acpVersion, maxLineBytes, permissionMode } = definition;
  const servers = Object.keys(mcpServers);
  return {
    ...{ id, name, kind: 'acp', command, args, envNames: Object.keys(env), isolate },
    ...(servers.length > 0 && { mcpServerNames: servers }),
    ...(maxSessions !== undefined && { maxSessions }),
    ...(idleMs !== undefined && { idleMs }),
    ...(warm && { warm }),
    ...(mode !== undefined && { mode }),
    ...(model !== undefined && { model }),
    ...(permissionMode !== undefined && { permissionMode }),
    ...(acpVersion !== undefined && { acpVersion }),
    ...(maxLineBytes !== undefined && { maxLineBytes }),
  };
}

/** A secret among the arguments was not recorded: then they are those of today's definition. */
function withArguments(recorded: AgentRecord, today: () => AgentRecord): AgentRecord {
  if (recorded.args?.some((argument) => argument.includes(REDACTED)) !== true) return recorded;
  return { ...recorded, args: today().args };
}

function serversOf(mcpServers: McpServers): Pick<ResolvedAgent, 'mcpServers'> {
  return Object.keys(mcpServers).length > 0 ? { mcpServers } : {};
}

interface ReadAgents {
  readonly agents: Map<string, Read>;
  /** MCP servers that are for all agents. */
  readonly servers: McpServers;
  readonly problems: Problem[];
}

function readAgents({
  file,
  settings,
  below,
}: {
  readonly file: string;
  readonly settings: UnreadAgents;
  readonly below: AgentsBelow | undefined;
}): ReadAgents {
  const problems: Problem[] = [];
  const agents = new Map<string, Read>(below?.agents());
  const put = (entries: UnreadAgents, source: Source): void => {
    for (const [id, entry] of Object.entries(entries)) {
      if (id === ALL_AGENTS) continue;
      const read = readOne(entry, source, agents.get(id));
      const isKnown = 'problem' in read && changesSome(entry) && below?.missing(id) !== undefined;
      // What changes an agent that is not installed says nothing until it is.
      if (!isKnown) agents.set(id, read);
    }
  };
  const inFile = readFile(file, problems);
  put(inFile, 'file');
  put(settings, 'settings');
  const servers = {
    ...serversOfAll(inFile, 'file', problems),
    ...serversOfAll(settings, 'settings', problems),
  };
  return { agents, servers, problems };
}

/** MCP servers that are for all agents; one that cannot be read is named, and the others stay. */
function serversOfAll(entries: UnreadAgents, source: Source, problems: Problem[]): McpServers {
  const given = (entries[ALL_AGENTS] ?? {}) as { readonly mcpServers?: unknown };
  const servers: Record<string, McpServer> = {};
  for (const [name, server] of Object.entries(given.mcpServers ?? {})) {
    const read = mcpServerSchema.safeParse(server);
    if (read.success) servers[name] = read.data;
    else problems.push({ agent: `mcpServers.${name}`, source, problem: issueText(read.error, 'it') });
  }
  return servers;
}

/** A definition with the servers of all agents; its own of the same name win. */
function withServers(definition: AgentDefinition, servers: McpServers): AgentDefinition {
  return { ...definition, mcpServers: { ...servers, ...definition.mcpServers } };
}

/** One without a command of its own takes what it does not say from the one below. */
function readOne(entry: unknown, source: Source, under: Read | undefined): Read {
  if (changesSome(entry) && under !== undefined && 'definition' in under) {
    const { definition } = under;
    const own = agentChangeSchema.safeParse(entry);
    if (!own.success) return { source, problem: issueText(own.error, 'it') };
    const env = { ...definition.env, ...own.data.env };
    return { source: under.source, definition: { ...definition, ...given(own.data), env } };
  }
  const parsed = agentDefinitionSchema.safeParse(entry);
  return parsed.success
    ? { source, definition: parsed.data }
    : { source, problem: issueText(parsed.error, 'it') };
}

/** Without what was left out. */
function given<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function changesSome(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && !('command' in entry);
}

function readFile(file: string, problems: Problem[]): UnreadAgents {
  const report = (problem: string): UnreadAgents => {
    problems.push({ agent: 'agents.json', source: 'file', problem: `${file}: ${problem}` });
    return {};
  };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return missing ? {} : report(errorText(error));
  }
  try {
    const parsed = agentsFileSchema.safeParse(JSON.parse(text.replace(/^\uFEFF/, '')));
    if (!parsed.success) return report(issueText(parsed.error, 'it'));
    const { agents, mcpServers } = parsed.data;
    return mcpServers === undefined ? agents : { ...agents, [ALL_AGENTS]: { mcpServers } };
  } catch (error) {
    return report(`is not JSON: ${errorText(error)}`);
  }
}

function unknown(id: string, known: readonly string[], problems: readonly Problem[]): HoldfastError {
  const note = problems.map(({ problem }) => ` ${problem}.`).join('');
  const text = `There is no agent “${id}”. Known agents: ${known.join(', ')}.${note}`;
  return new HoldfastError('agentUnknown', text, { agent: id, known });
}

function broken(id: string, read: Extract<Read, { problem: string }>, file: string): HoldfastError {
  const where = read.source === 'file' ? file : 'the settings';
  const text = `The agent “${id}” in ${where} cannot be used: ${read.problem}.`;
  return new HoldfastError('agentDefinitionBroken', text, {
    agent: id,
    source: read.source,
    problem: read.problem,
  });
}
