import { readFileSync } from 'node:fs';
import { errorText } from '../../base/errorText.ts';
import {
  agentDefinitionSchema,
  type AgentDefinition,
  type AgentRecord,
  type McpServers,
} from '../../protocol/agentDefinition.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { agentsFileSchema } from '../../protocol/handshake.ts';
import { SHELL_AGENT_ID } from '../../protocol/ids.ts';
import type { Result } from '../../protocol/methods.ts';
import { issueText } from '../../protocol/parseParams.ts';
import type { ResolvedAgent } from './agent.ts';

/** Agents as settings or `agents.json` give them: by id, not yet read. */
export type UnreadAgents = Readonly<Record<string, unknown>>;

/**
 * Which agents there are (ARCHITECTURE.md): the built-in Shell < `agents.json` < settings that a client sends. The file
 * is read each time it is asked for, so that an edit holds for the next session. Owned by the runtime.
 */
export interface AgentDefinitions {
  /** All that can be started, and those that could not be read, by name. */
  list(settings: UnreadAgents): Result<'agent/list'>;
  /**
   * The agent of an id; Shell when none is named. Throws `agentUnknown` naming the known ones, or `agentDefinitionBroken`
   * saying what is wrong with it and where it stands.
   */
  resolve(id: string | undefined, settings: UnreadAgents): ResolvedAgent;
  /**
   * What `session.started` recorded, with the environment values that were not: from today's definition of the same id,
   * in the settings of a client that is connected or in the file. What an import brought is today's definition as a whole.
   * Throws `agentStartFailed` naming the values that are missing.
   */
  restore(record: AgentRecord, settings?: UnreadAgents): ResolvedAgent;
}

type Source = 'file' | 'settings';
type Problem = Result<'agent/list'>['problems'][number];
type Read = { readonly source: Source } & (
  | { readonly definition: AgentDefinition }
  | { readonly problem: string }
);

const shell: ResolvedAgent = { record: { id: SHELL_AGENT_ID, name: 'Shell', kind: 'shell' }, env: {} };

/** Makes the definitions of a data directory; `file` is its `agents.json`, which need not exist. */
export function agentDefinitions({ file }: { readonly file: string }): AgentDefinitions {
  return {
    list(settings) {
      const { agents, problems } = readAll(file, settings);
      const list: Result<'agent/list'>['agents'] = [];
      if (!agents.has(SHELL_AGENT_ID))
        list.push({ id: SHELL_AGENT_ID, name: shell.record.name, source: 'builtin' });
      for (const [id, read] of agents) {
        if ('problem' in read) problems.push({ agent: id, source: read.source, problem: read.problem });
        else
          list.push({
            id,
            name: read.definition.name ?? id,
            source: read.source,
            command: read.definition.command,
          });
      }
      return { agents: list, problems };
    },
    resolve(id = SHELL_AGENT_ID, settings) {
      const { agents, problems } = readAll(file, settings);
      const read = agents.get(id);
      if (read === undefined) {
        if (id === SHELL_AGENT_ID) return shell;
        throw unknown(id, [...new Set([SHELL_AGENT_ID, ...agents.keys()])], problems);
      }
      if ('problem' in read) throw broken(id, read, file);
      const { env, mcpServers } = read.definition;
      return { record: recordOf(id, read.definition), env, ...serversOf(mcpServers) };
    },
    restore(record, settings = {}) {
      if (record.kind === 'acp' && record.command === undefined) return this.resolve(record.id, settings);
      const names = record.envNames ?? [];
      const servers = record.mcpServerNames ?? [];
      if (names.length === 0 && servers.length === 0) return { record, env: {} };
      const now = readAll(file, settings).agents.get(record.id);
      const found = now !== undefined && 'definition' in now ? now.definition : undefined;
      const { known, mcpServers } = { known: found?.env ?? {}, mcpServers: found?.mcpServers ?? {} };
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
  const { name = id, command, args, env, isolate, mcpServers, maxSessions, idleMs, warm } = definition;
  const servers = Object.keys(mcpServers);
  return {
    ...{ id, name, kind: 'acp', command, args, envNames: Object.keys(env), isolate },
    ...(servers.length > 0 && { mcpServerNames: servers }),
    ...(maxSessions !== undefined && { maxSessions }),
    ...(idleMs !== undefined && { idleMs }),
    ...(warm && { warm }),
  };
}

function serversOf(mcpServers: McpServers): Pick<ResolvedAgent, 'mcpServers'> {
  return Object.keys(mcpServers).length > 0 ? { mcpServers } : {};
}

function readAll(file: string, settings: UnreadAgents): { agents: Map<string, Read>; problems: Problem[] } {
  const problems: Problem[] = [];
  const agents = new Map<string, Read>();
  for (const [id, entry] of Object.entries(readFile(file, problems))) agents.set(id, readOne(entry, 'file'));
  for (const [id, entry] of Object.entries(settings)) agents.set(id, readOne(entry, 'settings'));
  return { agents, problems };
}

function readOne(entry: unknown, source: Source): Read {
  const parsed = agentDefinitionSchema.safeParse(entry);
  return parsed.success ? { source, definition: parsed.data } : { source, problem: issueText(parsed.error) };
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
    return parsed.success ? parsed.data.agents : report(issueText(parsed.error));
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
