import * as z from 'zod';

const launch = {
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
};

/** A program in an archive, or the program itself. */
const binarySchema = z.object({
  archive: z.string().min(1),
  cmd: z.string().min(1),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/iu)
    .optional(),
  ...launch,
});
export type BinaryDistribution = z.infer<typeof binarySchema>;

/** A package of a language's own registry; `cmd` is the program in it, where it is not named like the package. */
const packageSchema = z.object({ package: z.string().min(1), cmd: z.string().min(1).optional(), ...launch });
export type PackageDistribution = z.infer<typeof packageSchema>;

export const registryAgentSchema = z.object({
  /** Also the name of its folder, so nothing but this. */
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/u),
  name: z.string().min(1).max(200),
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+_-]{0,99}$/u),
  description: z.string().max(1000).default(''),
  website: z.string().optional(),
  distribution: z.object({
    npx: packageSchema.optional(),
    uvx: packageSchema.optional(),
    binary: z.record(z.string(), binarySchema).optional(),
  }),
});
/** An agent of the ACP registry, as far as it is used here. */
export type RegistryAgent = z.infer<typeof registryAgentSchema>;

/** The index of the registry: entries are read one by one, so that a broken one costs no other. */
export const registryIndexSchema = z.object({ agents: z.array(z.unknown()) });

/** The index as it was last fetched, as the data directory keeps it. */
export const keptIndexSchema = z.object({
  url: z.string(),
  etag: z.string().optional(),
  /** Milliseconds since the epoch. */
  checkedAt: z.number(),
  index: z.unknown(),
});
export type KeptIndex = z.infer<typeof keptIndexSchema>;

/** What is written down beside an installed agent: how it is run, by paths inside its folder. */
export const installManifestSchema = z.object({
  version: z.string(),
  kind: z.enum(['npm', 'uv', 'binary']),
  /** Inside the version's folder. */
  program: z.string(),
  /** Whether the program is a script for Node. */
  isNodeScript: z.boolean(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});
export type InstallManifest = z.infer<typeof installManifestSchema>;

/** As much of a package's own description as says how it is run. */
export const npmPackageSchema = z.object({
  bin: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
  scripts: z.record(z.string(), z.unknown()).default({}),
});
export type NpmPackage = z.infer<typeof npmPackageSchema>;
