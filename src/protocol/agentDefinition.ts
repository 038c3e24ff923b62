import * as z from 'zod';

/** How an agent is started, as `agents.json` and the setting `holdfast.agents` give it (DESIGN section 7). */
export const agentDefinitionSchema = z.object({
  name: z.string().min(1).optional(),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  isolate: z.boolean().default(false),
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
});
export type AgentRecord = z.infer<typeof agentRecordSchema>;
