import {
  registryAgentSchema,
  registryIndexSchema,
  type BinaryDistribution,
  type PackageDistribution,
  type RegistryAgent,
} from '../../protocol/agentRegistry.ts';

/** How an agent comes to this machine. */
export type Distribution =
  | { readonly kind: 'npm'; readonly from: PackageDistribution }
  | { readonly kind: 'uv'; readonly from: PackageDistribution }
  | { readonly kind: 'binary'; readonly from: BinaryDistribution };

/**
 * The agents of an index by id. An entry that cannot be read is left out, and so is everything where it is no index at
 * all: what is written by others must not take the list away.
 */
export function readIndex(index: unknown): ReadonlyMap<string, RegistryAgent> {
  const outer = registryIndexSchema.safeParse(index);
  const agents = (outer.data?.agents ?? []).map((entry) => registryAgentSchema.safeParse(entry).data);
  return new Map(agents.filter((agent) => agent !== undefined).map((agent) => [agent.id, agent]));
}

/** The registry's name of a platform. */
export function platformKey(platform: string = process.platform, arch: string = process.arch): string {
  const system = platform === 'win32' ? 'windows' : platform;
  const cpu = arch === 'x64' ? 'x86_64' : arch === 'arm64' ? 'aarch64' : arch;
  return `${system}-${cpu}`;
}

/**
 * How an agent is installed on a platform: as a package of npm where there is one, since npm checks what it fetches; else the
 * program itself; else a Python package. `undefined` when it does not come for this platform.
 */
export function distributionFor(
  { distribution }: RegistryAgent,
  platform = platformKey(),
): Distribution | undefined {
  const { npx, uvx, binary = {} } = distribution;
  if (npx !== undefined) return { kind: 'npm', from: npx };
  const own = Object.hasOwn(binary, platform) ? binary[platform] : undefined;
  if (own !== undefined) return { kind: 'binary', from: own };
  return uvx === undefined ? undefined : { kind: 'uv', from: uvx };
}
