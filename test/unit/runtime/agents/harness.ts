import path from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { AgentCatalogue, type CatalogueOptions } from '../../../../src/runtime/agents/catalogue.ts';
import { agentDefinitions } from '../../../../src/runtime/agent/definitions.ts';
import { platformKey } from '../../../../src/runtime/agents/registryIndex.ts';
import { silentLog } from '../../../../src/runtime/log.ts';
import { registryServer, type RegistryServer } from '../../../support/packages/registryServer.ts';
import { directory } from '../agent/harness.ts';

/** An entry of a registry for this platform. */
export function binaryAgent(archive: string, change: Record<string, unknown> = {}) {
  const binary = { [platformKey()]: { archive, cmd: './bin/fake', ...change } };
  return { id: 'fake', name: 'Fake', version: '1.0.0', description: 'A fake', distribution: { binary } };
}

/** An entry of a registry for a package of npm. */
export function npmAgent(version = '1.0.0', name = '@test/fake-agent') {
  const distribution = { npx: { package: `${name}@${version}`, args: ['--acp'], env: { FAKE: 'yes' } } };
  return { id: 'fake', name: 'Fake', version, description: 'A fake', distribution };
}

/** A catalogue over a server of the test's own, that has asked it for its index. */
export async function catalogue(
  t: TestContext,
  agents: (server: RegistryServer) => readonly object[],
  change: Partial<CatalogueOptions> & { readonly path?: string } = {},
) {
  const server = await registryServer(t);
  server.index = { agents: agents(server) };
  const home = directory(t);
  const folder = path.join(home, 'agents');
  const env = {
    ...(process.env as Record<string, string>),
    ...(change.path !== undefined && { PATH: change.path }),
    npm_config_registry: server.url,
    npm_config_cache: path.join(home, 'npm-cache'),
    npm_config_offline: 'false',
  };
  const made = new AgentCatalogue({
    ...{ folder, registryUrl: `${server.url}/index.json`, clock: systemClock, log: silentLog },
    environment: () => Promise.resolve(env),
    ...change,
  });
  t.after(() => made.dispose());
  await made.look({ refresh: true });
  const definitions = agentDefinitions({ file: path.join(home, 'agents.json'), below: made });
  return { server, home, folder, made, definitions };
}
