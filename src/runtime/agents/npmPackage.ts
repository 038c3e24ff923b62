import { openSync, readFileSync, readSync, closeSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npmPackageSchema, type NpmPackage, type PackageDistribution } from '../../protocol/agentRegistry.ts';
import { installFailed, type Installing, type Placed } from './installing.ts';
import { inside } from '../work/archiveNames.ts';
import { npmFor } from './nodeProgram.ts';
import { runTool, type ToolEnd } from './runTool.ts';
import { toolFailure } from './toolFailure.ts';

const NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/u;
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/u;

/**
 * Installs a package of npm, in an exact version, with npm itself, which checks what it fetches against the hashes of its
 * registry. Scripts of dependencies do not run; those of the package itself do, since the person is about to run it
 * anyway, and some fetch or choose their program in them.
 */
export async function installNpmPackage(
  { package: spec, cmd }: PackageDistribution,
  version: string,
  installing: Installing,
): Promise<Placed> {
  const { folder, name: agent, env } = installing;
  const name = packageName(spec);
  if (!NAME.test(name) || !EXACT.test(version))
    throw installFailed(
      `${agent} cannot be installed: “${name}@${version}” is no exact version of a package of npm.`,
    );
  const npm = npmFor(env);
  if (npm === undefined)
    throw installFailed(
      `${agent} comes from npm, and npm was not found. Install Node.js, which brings it (https://nodejs.org), then install ${agent} again.`,
      { missing: 'npm' },
    );
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const run = (...args: string[]): Promise<ToolEnd> =>
    runTool({ ...npm, args: [...npm.args, ...args, '--prefix', folder, ...QUIET] }, installing);
  installing.progress({ step: 'installing' });
  const wanted = `${name}@${version}`;
  const end = await run('install', wanted, '--ignore-scripts', '--save-exact', '--omit=dev');
  if (end.exitCode !== 0) throw toolFailure(agent, `npm install ${wanted}`, end);
  const home = path.join(folder, 'node_modules', ...name.split('/'));
  const about = npmPackageSchema.parse(JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')));
  if (['preinstall', 'install', 'postinstall'].some((script) => script in about.scripts)) {
    const built = await run('rebuild', name);
    if (built.exitCode !== 0) throw toolFailure(agent, `npm rebuild ${name}`, built);
  }
  const program = inside(folder, path.join(home, programOf(about, { name, cmd, agent })));
  if (program === undefined)
    throw installFailed(`${agent} cannot be installed: ${wanted} names a program outside its folder.`);
  return { program, isNodeScript: isNodeScript(path.join(folder, program)) };
}

const QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--no-progress', '--global=false'];

/** A spec of the registry without its version. */
export function packageName(spec: string): string {
  const at = spec.indexOf('@', 1);
  return at < 0 ? spec : spec.slice(0, at);
}

/** The version that a spec of the registry names; it may differ from the entry's own. */
export function packageVersion(spec: string): string | undefined {
  const at = spec.indexOf('@', 1);
  return at < 0 ? undefined : spec.slice(at + 1);
}

/** The program a package is run by, chosen as `npx` does: the one asked for, the only one, or the one named like it. */
function programOf(
  { bin }: NpmPackage,
  { name, cmd, agent }: { readonly name: string; readonly cmd: string | undefined; readonly agent: string },
): string {
  if (typeof bin === 'string') return bin;
  const programs = new Map(Object.entries(bin ?? {}));
  const own = name.split('/').at(-1) ?? name;
  const [only] = new Set(programs.values()).size === 1 ? programs.values() : [];
  const chosen = cmd === undefined ? (only ?? programs.get(own)) : programs.get(cmd);
  if (chosen !== undefined) return chosen;
  throw installFailed(`${agent} cannot be installed: the package ${name} has no program ${cmd ?? own}.`);
}

/** Whether a program is a script for Node: by its name, or by its first line. */
function isNodeScript(file: string): boolean {
  if (/\.[cm]?js$/u.test(file)) return true;
  const first = Buffer.alloc(128);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, first);
  } finally {
    closeSync(handle);
  }
  return /^#!.*\bnode\b/u.test(first.toString('latin1').split('\n')[0] ?? '');
}
