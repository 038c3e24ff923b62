import { readFileSync } from 'node:fs';
import { tarGz, type ArchiveEntry } from './archives.ts';
import type { TestPackage } from './registryServer.ts';

const source = (name: string): Buffer => readFileSync(new URL(`../fakeAgents/${name}.mjs`, import.meta.url));

/** The scripted fake agent as files of an archive, with a start script that runs it. */
export function fakeAgentFiles(folder: string): ArchiveEntry[] {
  return [
    { name: `${folder}agent.mjs`, contents: source('scripted') },
    { name: `${folder}wire.mjs`, contents: source('wire') },
  ];
}

/** The scripted fake agent as a package of npm. */
export async function fakePackage(
  version: string,
  options: {
    readonly name?: string;
    readonly scripts?: Record<string, string>;
    readonly bin?: string | Record<string, string>;
    readonly dependencies?: Record<string, string>;
  } = {},
): Promise<TestPackage> {
  const {
    name = '@test/fake-agent',
    scripts = {},
    bin = { 'fake-agent': 'agent.mjs' },
    dependencies = {},
  } = options;
  const manifest = { bin, scripts, dependencies };
  const about = JSON.stringify({ name, version, ...manifest });
  const tarball = await tarGz([
    { name: 'package/package.json', contents: about },
    ...fakeAgentFiles('package/'),
  ]);
  return { name, version, manifest, tarball };
}
