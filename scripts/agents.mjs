/**
 * Real agents for the `agents` test group, in exact versions from the npm registry. They live in the cache folder outside the
 * project and are never shipped: Claude Code's own binary, which its adapter brings, is proprietary.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { cacheFolder } from './editor.mjs';
import { node24, npm } from './run.mjs';
import { Failure, runMain, step } from './step.mjs';

/** What is installed. */
export const agentPackages = {
  opencode: { name: 'opencode-ai', version: '1.18.33' },
  claude: { name: '@agentclientprotocol/claude-agent-acp', version: '0.100.0' },
};

/**
 * Finds the agents, installing them once if needed (a minute each).
 *
 * @returns {Promise<Record<keyof typeof agentPackages, {command: string, args: string[]}>>} How each is started.
 * @throws {Failure} When an install failed, or brought nothing for this platform.
 */
export async function ensureAgents() {
  const opencode = await ensurePackage(agentPackages.opencode);
  const claude = await ensurePackage(agentPackages.claude);
  return {
    opencode: { command: opencodeProgram(opencode), args: ['acp'] },
    claude: {
      command: node24(),
      args: [join(claude, 'node_modules', agentPackages.claude.name, 'dist', 'index.js')],
    },
  };
}

/** The program for this platform, without the start script that needs an install script to have run. @param {string} folder */
function opencodeProgram(folder) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const file = process.platform === 'win32' ? 'opencode.exe' : 'opencode';
  const program = join(folder, 'node_modules', `opencode-${platform}-${process.arch}`, 'bin', file);
  if (existsSync(program)) return program;
  throw new Failure(
    `opencode ${agentPackages.opencode.version} brings no program for ${platform} ${process.arch}.`,
  );
}

/**
 * Installs into a folder beside, moved into place when complete. Two that do so at once do it twice, and the first one stays.
 *
 * @param {{name: string, version: string}} wanted
 * @returns {Promise<string>} The folder it is installed in.
 */
async function ensurePackage({ name, version }) {
  const folder = join(cacheFolder, 'agents', `${name.replace(/.*\//, '')}-${version}`);
  if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return folder;
  await step(`Installing ${name} ${version} (once, a minute)`, async () => {
    const beside = `${folder}.${process.pid}`;
    mkdirSync(beside, { recursive: true });
    try {
      writeFileSync(
        join(beside, 'package.json'),
        JSON.stringify({ private: true, dependencies: { [name]: version } }),
      );
      // Their install scripts only move programs to where we do not look for them.
      await npm(['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: beside });
      mkdirSync(dirname(folder), { recursive: true });
      rmSync(folder, { recursive: true, force: true });
      renameSync(beside, folder);
    } finally {
      rmSync(beside, { recursive: true, force: true });
    }
  });
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => console.log(JSON.stringify(await ensureAgents())));
}
