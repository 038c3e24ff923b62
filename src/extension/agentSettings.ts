import * as vscode from 'vscode';
import { agentChangeSchema, agentDefinitionSchema } from '../protocol/agentDefinition.ts';
import { issueText } from '../protocol/parseParams.ts';
import type { SettingProblem } from './settings.ts';

/** The agents of the settings. A broken one is left out and named in `problems`; the rest works. */
export interface AgentSettings {
  /** As they stand, for the runtime, which resolves agents alone. */
  readonly agents: Readonly<Record<string, unknown>>;
  readonly problems: readonly SettingProblem[];
}

/** Reads `holdfast.agents` as it is now. Apart from the other settings, since activation has no use for its schemas. */
export function readAgentSettings(): AgentSettings {
  const value: unknown = vscode.workspace.getConfiguration('holdfast').get('agents');
  if (value === undefined || value === null) return { agents: {}, problems: [] };
  if (typeof value !== 'object' || Array.isArray(value)) {
    const problem = vscode.l10n.t('it must be an object of agents by their id');
    return { agents: {}, problems: [{ setting: 'holdfast.agents', problem }] };
  }
  const agents: Record<string, unknown> = {};
  const problems: SettingProblem[] = [];
  for (const [id, definition] of Object.entries(value)) {
    const isChange = typeof definition === 'object' && definition !== null && !('command' in definition);
    const parsed = (isChange ? agentChangeSchema : agentDefinitionSchema).safeParse(definition);
    if (parsed.success) agents[id] = definition;
    else problems.push({ setting: `holdfast.agents.${id}`, problem: issueText(parsed.error) });
  }
  return { agents, problems };
}
