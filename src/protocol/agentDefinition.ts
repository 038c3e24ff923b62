import * as z from 'zod';
import { permissionModeSchema } from './permission.ts';

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

/** What may be said of an agent in any case, without a default. */
const changes = {
  name: z.string().min(1).optional(),
  /** The mode that new sessions begin in: for many agents, what they may do unasked. */
  mode: z.string().min(1).optional(),
  /** The model that new sessions begin with. */
  model: z.string().min(1).optional(),
  /** How new sessions answer permission requests that no rule answers (W5); `ask` without it. */
  permissionMode: permissionModeSchema.optional(),
  /** Sessions a process hosts at most; more begin another process (P2). */
  maxSessions: z.number().int().min(1).optional(),
  /** Milliseconds without work after which a process is stopped; its sessions go on with the next prompt. */
  idleMs: z.number().int().min(1).optional(),
  /** The newest version of ACP that the agent is offered; 1 for one whose version 2 does not work. */
  acpVersion: z.union([z.literal(1), z.literal(2)]).optional(),
  /** A line of its output with more bytes than this ends the process. */
  maxLineBytes: z.number().int().min(1024).optional(),
};

/** How an agent is started, as `agents.json` and the setting `holdfast.agents` give it (ARCHITECTURE.md). */
export const agentDefinitionSchema = z.object({
  ...changes,
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  isolate: z.boolean().default(false),
  /** For all its sessions; a session's own of the same name wins (P1). */
  mcpServers: mcpServersSchema.default({}),
  /** Keeps a process with room ready, so that a new session need not wait for a start. */
  warm: z.boolean().default(false),
});
export type AgentDefinition = z.infer<typeof agentDefinitionSchema>;

/** The same without a command: what it says changes an agent that is installed or found on PATH. */
export const agentChangeSchema = z.object({
  ...changes,
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  isolate: z.boolean().optional(),
  mcpServers: mcpServersSchema.optional(),
  warm: z.boolean().optional(),
});

/** In place of an agent's id: what is said there is for all agents. */
export const ALL_AGENTS = '*';

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
  mode: z.string().optional(),
  model: z.string().optional(),
  permissionMode: permissionModeSchema.optional(),
  acpVersion: z.union([z.literal(1), z.literal(2)]).optional(),
  maxLineBytes: z.number().int().optional(),
});
export type AgentRecord = z.infer<typeof agentRecordSchema>;
