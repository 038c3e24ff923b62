import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AgentRecord } from '../../protocol/agentDefinition.ts';
import { installManifestSchema, type InstallManifest } from '../../protocol/agentRegistry.ts';
import { nodeFor } from './nodeProgram.ts';

const MANIFEST = 'agent.json';
const CURRENT = 'current';
/** Begins with what no version begins with. */
const STAGING = '.staging-';

/** How an installed agent is started. */
export interface InstalledAgent {
  readonly version: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The private folder of installed agents (A8): `<id>/<version>/` with a manifest, and `<id>/current`, which names the
 * version in use. A version's folder appears complete or not at all. Owned by the catalogue; the runtime's lock makes it
 * the only one that writes there.
 */
export class InstalledAgents {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The ids of all that are installed. */
  ids(): string[] {
    return entries(this.folder).filter((id) => !id.startsWith('.') && this.version(id) !== undefined);
  }

  /** The version in use; `undefined` when it is not installed. */
  version(id: string): string | undefined {
    try {
      const version = readFileSync(path.join(this.folder, id, CURRENT), 'utf8').trim();
      return existsSync(path.join(this.folder, id, version, MANIFEST)) ? version : undefined;
    } catch {
      return undefined;
    }
  }

  /** How the version in use is started; `undefined` when it is not installed, or something took its files away. */
  get(id: string): InstalledAgent | undefined {
    const version = this.version(id);
    if (version === undefined) return undefined;
    const folder = path.join(this.folder, id, version);
    try {
      const manifest = installManifestSchema.parse(
        JSON.parse(readFileSync(path.join(folder, MANIFEST), 'utf8')),
      );
      const program = path.join(folder, manifest.program);
      if (!existsSync(program)) return undefined;
      const { args, env } = manifest;
      if (!manifest.isNodeScript) return { version, command: program, args, env };
      const node = nodeFor();
      return { version, command: node.command, args: [program, ...args], env: { ...node.env, ...env } };
    } catch {
      return undefined;
    }
  }

  /** Whether a session's record names a version in here that is gone: it goes on with the one in use. */
  isGone({ command = '', args = [] }: AgentRecord): boolean {
    const inside = [command, args[0] ?? ''].find((file) => file.startsWith(this.folder + path.sep));
    return inside !== undefined && !existsSync(inside);
  }

  /** An empty folder to install into, for `adopt` or `discard`. */
  stage(id: string): string {
    const staging = path.join(this.folder, `${STAGING}${id}-${process.pid}-${Date.now().toString(36)}`);
    mkdirSync(staging, { recursive: true, mode: 0o700 });
    return staging;
  }

  /** Makes what was staged the version in use. Versions before it stay for `sweep`: something may still run from them. */
  adopt(id: string, staging: string, manifest: InstallManifest): void {
    writeFileSync(path.join(staging, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
    const folder = path.join(this.folder, id, manifest.version);
    mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
    if (existsSync(folder)) renameSync(folder, `${staging}.old`);
    renameSync(staging, folder);
    const current = path.join(this.folder, id, CURRENT);
    writeFileSync(`${current}.new`, `${manifest.version}\n`);
    renameSync(`${current}.new`, current);
    remove(`${staging}.old`);
  }

  discard(staging: string): void {
    remove(staging);
  }

  /** Takes an agent away with all its versions; whether there was any. */
  remove(id: string): boolean {
    const folder = path.join(this.folder, id);
    if (!existsSync(folder)) return false;
    rmSync(path.join(folder, CURRENT), { force: true });
    remove(folder);
    return true;
  }

  /** Takes away what an earlier runtime left half done, and versions that are not in use. Before any agent runs. */
  sweep(): void {
    for (const name of entries(this.folder)) {
      if (name.startsWith(STAGING)) remove(path.join(this.folder, name));
      const current = this.version(name);
      if (current === undefined) continue;
      for (const version of entries(path.join(this.folder, name)))
        if (version !== CURRENT && version !== current) remove(path.join(this.folder, name, version));
    }
  }
}

/** What is in use, as Windows holds files of running programs, goes with the next sweep. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  } catch {
    // Tried again by the next runtime.
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
