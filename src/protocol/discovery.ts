import * as z from 'zod';
import { protocolRangeSchema } from './handshake.ts';

/** The discovery entry: written 0600 by a runtime that listens, read by who wants to reach it. */
export const discoverySchema = z.object({
  pid: z.number().int(),
  /** The machine's host name: an entry from another host (a shared home) is refused with words. */
  host: z.string(),
  /** Changes when the machine starts anew, where the platform tells; an entry from an earlier boot is stale. */
  bootId: z.string().nullable(),
  buildId: z.string(),
  runtimeId: z.string(),
  protocol: protocolRangeSchema,
  /** A Unix domain socket's path or a Windows pipe's name. */
  socket: z.string(),
  /** 32 bytes in hex, for the `Authorization` header. */
  token: z.string(),
  startedAt: z.number(),
});
export type Discovery = z.infer<typeof discoverySchema>;

/** The one path that the socket's server upgrades. */
export const UPGRADE_PATH = '/holdfast';

/** The `Authorization` header's value for a token. */
export const authorization = (token: string): string => `Bearer ${token}`;

/** What a launcher reads beside a bundle, and what a versioned copy carries: `runtime.json` next to `runtime.mjs`. */
export const buildManifestSchema = z.object({ buildId: z.string(), protocol: protocolRangeSchema });
export type BuildManifest = z.infer<typeof buildManifestSchema>;

/**
 * How a runtime is started: `node runtime.mjs --home DIR`. It prints one line of JSON to stdout when it listens
 * (`{"ready": Discovery}`), when another one already holds the home (`{"taken": true}`), or when it cannot start
 * (`{"failed": {kind, message}}`), and then closes stdout.
 */
export const launchReportSchema = z.union([
  z.object({ ready: discoverySchema }),
  z.object({ taken: z.literal(true) }),
  z.object({ failed: z.object({ kind: z.string(), message: z.string() }) }),
]);
export type LaunchReport = z.infer<typeof launchReportSchema>;
