/**
 * Writes the snapshot of the ACP registry that is shipped: what is needed to list and install agents, nothing else of the
 * index. Run by hand before a release: `node scripts/agentRegistry.mjs [FILE]`; without a file the public index is fetched.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Failure, runMain } from './step.mjs';

const INDEX = 'https://cdn.agentclientprotocol.com/registry/v1/latest/registry.json';
const target = fileURLToPath(new URL('../src/runtime/agents/snapshot.json', import.meta.url));

/**
 * @param {string | undefined} file
 * @returns {Promise<{ agents: Record<string, unknown>[] }>}
 */
async function readIndex(file) {
  if (file !== undefined) return JSON.parse(readFileSync(file, 'utf8'));
  const response = await fetch(INDEX, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Failure(`${INDEX} answered ${response.status}`);
  return /** @type {Promise<{ agents: Record<string, unknown>[] }>} */ (response.json());
}

await runMain(async () => {
  const { agents } = await readIndex(process.argv[2]);
  const kept = agents.map(({ id, name, version, description, website, repository, distribution }) => ({
    ...{ id, name, version, description },
    website: website ?? repository,
    distribution,
  }));
  kept.sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
  const at = new Date().toISOString().slice(0, 10);
  writeFileSync(target, `${JSON.stringify({ at, agents: kept }, undefined, 2)}\n`);
  console.log(`${kept.length} agents in ${target}`);
});
