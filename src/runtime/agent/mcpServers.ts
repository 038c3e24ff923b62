import type { McpServers } from '../../protocol/agentDefinition.ts';
import type { Capabilities } from './capabilities.ts';
import type { Loose } from './loose.ts';

/**
 * MCP servers as an agent is told of them (https://agentclientprotocol.com/protocol/v1/session-setup#mcp-servers), without
 * those it cannot reach, which are named.
 */
export function mcpServersFor(
  servers: McpServers,
  { mcp }: Pick<Capabilities, 'mcp'>,
): { readonly sent: readonly Loose[]; readonly leftOut: readonly string[] } {
  const sent: Loose[] = [];
  const leftOut: string[] = [];
  for (const [name, server] of Object.entries(servers)) {
    if ('command' in server) {
      const { command, args, env } = server;
      sent.push({ name, command, args, env: pairs(env) });
    } else if (mcp[server.type]) {
      const { type, url, headers } = server;
      sent.push({ type, name, url, headers: pairs(headers) });
    } else leftOut.push(`${name} (${server.type})`);
  }
  return { sent, leftOut };
}

function pairs(values: Readonly<Record<string, string>>): readonly Loose[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
