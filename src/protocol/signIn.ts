import * as z from 'zod';

/** A way to sign in to an agent (A7), without any secret value. */
export const signInMethodSchema = z.object({
  methodId: z.string(),
  name: z.string(),
  description: z.string().optional(),
  /**
   * `agent`: the agent does it by itself. `terminal`: a program of it does, in a terminal. `environment`: it is started
   * again with values that the person gives.
   */
  kind: z.enum(['agent', 'terminal', 'environment']),
  /** What is run in the terminal, as one line for a person to read. */
  commandLine: z.string().optional(),
  variables: z
    .array(
      z.object({
        name: z.string(),
        label: z.string().optional(),
        secret: z.boolean(),
        optional: z.boolean(),
      }),
    )
    .optional(),
  /** Where values are to be had. */
  link: z.string().optional(),
});
export type SignInMethod = z.infer<typeof signInMethodSchema>;

/** What a client runs in a terminal to sign in. */
export const signInTerminalSchema = z.object({
  command: z.string(),
  args: z.array(z.string()),
  /** Over the terminal's own environment; may hold secrets of the agent's definition. */
  env: z.record(z.string(), z.string()),
});
export type SignInTerminal = z.infer<typeof signInTerminalSchema>;
