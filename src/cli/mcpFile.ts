import { readFileSync } from 'node:fs';
import { errorText } from '../base/errorText.ts';
import { mcpServersSchema, type McpServers } from '../protocol/agentDefinition.ts';
import { issueText } from '../protocol/parseParams.ts';
import { text, usageError, type Values } from './command.ts';

/** The option of the commands that make a session. */
export const mcpOption = {
  mcp: { type: 'string', describe: 'a JSON file with MCP servers by name, over the agent’s own' },
} as const;

/**
 * The MCP servers of the file that `--mcp` names: `{"mcpServers": {…}}`, as other tools have it, or the servers by name alone.
 * Throws a usage error that names the file and what is wrong in it.
 */
export function mcpServersOf(values: Values): { readonly mcpServers?: McpServers } {
  const file = text(values, 'mcp');
  if (file === undefined) return {};
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    const problem =
      error instanceof SyntaxError ? `is not JSON: ${error.message}` : `cannot be read: ${errorText(error)}`;
    throw usageError(`--mcp ${file} ${problem}`);
  }
  const servers =
    typeof given === 'object' && given !== null && 'mcpServers' in given ? given.mcpServers : given;
  const parsed = mcpServersSchema.safeParse(servers);
  if (!parsed.success)
    throw usageError(
      `--mcp ${file}: ${issueText(parsed.error, 'it')}`,
      'A server is {"command": …, "args": […], "env": {…}} or {"type": "http", "url": …, "headers": {…}}.',
    );
  return { mcpServers: parsed.data };
}
