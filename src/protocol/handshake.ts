import * as z from 'zod';

export const protocolRangeSchema = z.object({ min: z.number().int(), max: z.number().int() });

/**
 * What a client says of itself in `initialize` (LSP), under `initializationOptions.holdfast`.
 * `creditBytes` is the window of events it takes unacknowledged (law 7); `feed/credit` gives it back.
 */
export const clientHelloSchema = z.object({
  protocol: protocolRangeSchema,
  client: z.object({
    id: z.string().min(1).max(200),
    kind: z.enum(['editor', 'cli', 'library']),
    name: z.string().min(1).max(200),
  }),
  creditBytes: z
    .number()
    .int()
    .min(1024)
    .max(64 * 1024 * 1024)
    .default(256 * 1024),
  /** Whether `session/summaries` is wanted for every session of this runtime. */
  summaries: z.boolean().default(false),
  /** Folders of the window, absolute paths. */
  folders: z.array(z.string()).default([]),
  /** Whether it only looks, as a window in Restricted Mode does: what is not for reading is refused to it (law 10). */
  readOnly: z.boolean().default(false),
  /**
   * Agents from the client's settings, for sessions that this client creates; what stands under `*` is for all of them. A
   * broken one is reported by name.
   */
  agents: z.record(z.string(), z.unknown()).default({}),
});
export type ClientHello = z.input<typeof clientHelloSchema>;

/** What the runtime says of itself in the result of `initialize`, under `holdfast`. */
export const runtimeHelloSchema = z.object({
  /** The version both speak from now on; `null` when the ranges do not meet, and then every request is refused. */
  protocol: z.number().int().nullable(),
  range: protocolRangeSchema,
  sessionIds: z.enum(['client', 'host']),
  buildId: z.string(),
  pid: z.number().int(),
  /** Changes with every start of a runtime. */
  runtimeId: z.string(),
  home: z.string(),
  /** Why the versions do not meet and what helps, when they do not. */
  incompatible: z.string().optional(),
  /** Agent definitions that could not be read, by name. */
  agentProblems: z
    .array(z.object({ agent: z.string(), source: z.string(), problem: z.string() }))
    .default([]),
});
/** What a runtime says of itself, when a client connects: who it is, and what it can do. */
export type RuntimeHello = z.output<typeof runtimeHelloSchema>;

/** Definitions by id, as settings and `agents.json` give them; `mcpServers` are for all agents. */
export const agentsFileSchema = z.object({
  agents: z.record(z.string(), z.unknown()).default({}),
  mcpServers: z.unknown().optional(),
});
