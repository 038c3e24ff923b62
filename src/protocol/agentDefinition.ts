import * as z from 'zod';

const variables = z.record(z.string(), z.string()).default({});

/** An MCP server for an agent: a program that it starts, or an address. Values of `env` and `headers` may be secret. */
export const mcpServerSchema = z.union([
  z.object({ command: z.string().min(1), args: z.array(z.string()).default([]), env: variables }),
  z.object({ type: z.enum(['http', 'sse']).default('http'), url: z.string().min(1), headers: variables }),
]);
export type McpServer = z.infer<typeof mcpServerSchema>;

/** MCP servers by name. */
export const mcpServersSchema = z.record(z.string().min(1), mcpServerSchema);
export type McpServers = Readonly<z.infer<typeof mcpServersSchema>>;
/** MCP servers as a caller gives them: what has a default may be left out. */
export type McpServersIn = Readonly<z.input<typeof mcpServersSchema>>;

/** How an agent is started, as `agents.json` and the setting `holdfast.agents` give it (ARCHITECTURE.md). */
export const agentDefinitionSchema = z.object({
  name: z.string().min(1).optional(),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  isolate: z.boolean().default(false),
  /** For all its sessions; a session's own of the same name wins (P1). */
  mcpServers: mcpServersSchema.default({}),
  /** Sessions a process hosts at most; more begin another process (P2). */
  maxSessions: z.number().int().min(1).optional(),
  /** Milliseconds without work after which a process is stopped; its sessions go on with the next prompt. */
  idleMs: z.number().int().min(1).optional(),
  /** Keeps a process with room ready, so that a new session need not wait for a start. */
  warm: z.boolean().default(false),
});
export type AgentDefinition = z.infer<typeof agentDefinitionSchema>;

/** What `session.started` records of the resolved agent: enough to start it again, never a secret value. */
export const agentRecordSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  kind: z.enum(['shell', 'acp']),
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  envNames: z.array(z.string()).optional(),
  isolate: z.boolean().optional(),
  /** Names alone: the servers may hold secrets. */
  mcpServerNames: z.array(z.string()).optional(),
  maxSessions: z.number().int().optional(),
  idleMs: z.number().int().optional(),
  warm: z.boolean().optional(),
});
export type AgentRecord = z.infer<typeof agentRecordSchema>;
