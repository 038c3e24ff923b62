import { existsSync } from 'node:fs';
import path from 'node:path';
import type { PackageDistribution } from '../../protocol/agentRegistry.ts';
import { installFailed, type Installing, type Placed } from './installing.ts';
import { findOnPath } from './programs.ts';
import { runTool } from './runTool.ts';
import { toolFailure } from './toolFailure.ts';

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\[[A-Za-z0-9,._-]+\])?$/u;
const EXACT = /^[0-9][0-9A-Za-z.+!_-]*$/u;

/** Installs a Python package, in an exact version, with uv, into an environment that may be moved. uv brings Python itself. */
export async function installUvPackage(
  { package: spec, cmd }: PackageDistribution,
  version: string,
  installing: Installing,
): Promise<Placed> {
  const { folder, name: agent, env } = installing;
  const [name = spec] = spec.split(/[=@]/u);
  if (!NAME.test(name) || !EXACT.test(version))
    throw installFailed(
      `${agent} cannot be installed: “${name}==${version}” is no exact version of a Python package.`,
    );
  const command = findOnPath('uv', env);
  if (command === undefined)
    throw installFailed(
      `${agent} is a Python program that is installed with uv, and uv was not found. Install uv (https://docs.astral.sh/uv/), then install ${agent} again.`,
      { missing: 'uv' },
    );
  const place = path.join(folder, 'venv');
  installing.progress({ step: 'installing' });
  for (const args of [
    ['venv', '--relocatable', place],
    ['pip', 'install', '--python', place, `${name}==${version}`],
  ]) {
    const end = await runTool({ command, args: [...args, '--no-progress'] }, installing);
    if (end.exitCode !== 0) throw toolFailure(agent, `uv ${args.join(' ')}`, end);
  }
  const own = cmd ?? name.replace(/\[.*$/u, '');
  const program =
    process.platform === 'win32' ? path.join('venv', 'Scripts', `${own}.exe`) : path.join('venv', 'bin', own);
  if (!existsSync(path.join(folder, program)))
    throw installFailed(`${agent} cannot be installed: the package ${name} has no program ${own}.`);
  return { program, isNodeScript: false };
}
