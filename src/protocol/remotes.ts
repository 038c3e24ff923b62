import * as z from 'zod';

/** How a runtime on another machine is reached, as `remotes.json` gives it. */
export const remoteSchema = z.object({
  url: z.string().min(1),
  token: z.string().min(1).optional(),
  tokenFile: z.string().min(1).optional(),
  ca: z.string().min(1).optional(),
});

/** `remotes.json` in the data directory: definitions by name, each read by itself. */
export const remotesFileSchema = z.object({ remotes: z.record(z.string(), z.unknown()) });
