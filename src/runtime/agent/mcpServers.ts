import { statSync } from 'node:fs';
import path from 'node:path';
import type { McpServers } from '../../protocol/agentDefinition.ts';
import type { Capabilities } from './capabilities.ts';
import type { Loose } from './loose.ts';

/** What decides how an agent is told of MCP servers. */
export interface McpReach extends Pick<Capabilities, 'mcp' | 'version'> {
  /** The environment that programs are found with. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * MCP servers as an agent is told of them (https://agentclientprotocol.com/protocol/v1/session-setup#mcp-servers), without
 * those it cannot reach, which are named. Version 2 wants programs by their whole path.
 */
export function mcpServersFor(
  servers: McpServers,
  { mcp, version, env: given }: McpReach,
): { readonly sent: readonly Loose[]; readonly leftOut: readonly string[] } {
  const sent: Loose[] = [];
  const leftOut: string[] = [];
  for (const [name, server] of Object.entries(servers)) {
    if ('command' in server) {
      const { command, args, env } = server;
      if (!mcp.stdio) leftOut.push(`${name} (a program)`);
      else if (version === 1) sent.push({ name, command, args, env: pairs(env) });
      else sent.push({ type: 'stdio', name, command: wholePath(command, given), args, env: pairs(env) });
    } else if (mcp[server.type]) {
      const { type, url, headers } = server;
      sent.push({ type, name, url, headers: pairs(headers) });
    } else leftOut.push(`${name} (${server.type})`);
  }
  return { sent, leftOut };
}

/** Where a program is found; as it is written when it is not. */
function wholePath(command: string, env: Readonly<Record<string, string>>): string {
  if (path.isAbsolute(command)) return command;
  const folders = Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
  const endings =
    process.platform === 'win32' ? ['', ...(env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';')] : [''];
  for (const folder of folders.split(path.delimiter).filter((each) => path.isAbsolute(each))) {
    for (const ending of endings) {
      const file = path.join(folder, command + ending);
      if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
    }
  }
  return command;
}

function pairs(values: Readonly<Record<string, string>>): readonly Loose[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
