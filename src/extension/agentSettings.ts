import * as vscode from 'vscode';
import {
  agentChangeSchema,
  agentDefinitionSchema,
  ALL_AGENTS,
  mcpServerSchema,
} from '../protocol/agentDefinition.ts';
import { issueText } from '../protocol/parseParams.ts';
import type { SettingProblem } from './settings.ts';

/** The agents of the settings. A broken one is left out and named in `problems`; the rest works. */
export interface AgentSettings {
  /** As they stand, for the runtime, which resolves agents alone. */
  readonly agents: Readonly<Record<string, unknown>>;
  readonly problems: readonly SettingProblem[];
}

/** Reads `holdfast.agents` and `holdfast.mcpServers` as they are now. Apart from the other settings, since activation has no use for its schemas. */
export function readAgentSettings(): AgentSettings {
  const problems: SettingProblem[] = [];
  const value: unknown = vscode.workspace.getConfiguration('holdfast').get('agents') ?? {};
  const agents: Record<string, unknown> = {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const problem = vscode.l10n.t('it must be an object of agents by their id');
    problems.push({ setting: 'holdfast.agents', problem });
  } else
    for (const [id, definition] of Object.entries(value)) {
      const isChange = typeof definition === 'object' && definition !== null && !('command' in definition);
      const parsed = (isChange ? agentChangeSchema : agentDefinitionSchema).safeParse(definition);
      if (parsed.success) agents[id] = definition;
      else problems.push({ setting: `holdfast.agents.${id}`, problem: issueText(parsed.error, 'it') });
    }
  const servers = readServers(problems);
  // An older runtime knows nothing that is for all: it is told only of what there is.
  const all = Object.keys(servers).length > 0 ? { [ALL_AGENTS]: { mcpServers: servers } } : {};
  return { agents: { ...agents, ...all }, problems };
}

/** Reads `holdfast.mcpServers`: those of all agents. */
function readServers(problems: SettingProblem[]): Readonly<Record<string, unknown>> {
  const value: unknown = vscode.workspace.getConfiguration('holdfast').get('mcpServers') ?? {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const problem = vscode.l10n.t('it must be an object of MCP servers by their name');
    problems.push({ setting: 'holdfast.mcpServers', problem });
    return {};
  }
  const servers: Record<string, unknown> = {};
  for (const [name, server] of Object.entries(value)) {
    const parsed = mcpServerSchema.safeParse(server);
    if (parsed.success) servers[name] = server;
    else problems.push({ setting: `holdfast.mcpServers.${name}`, problem: issueText(parsed.error, 'it') });
  }
  return servers;
}
