import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errorText.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { RegistryAgent } from '../../protocol/agentRegistry.ts';
import type { AgentJob } from '../../protocol/methods/agentMethods.ts';
import { installBinary } from './binary.ts';
import type { InstalledAgents } from './installed.ts';
import { installFailed, refuseAborted, type Installing, type Placed } from './installing.ts';
import { installNpmPackage, packageVersion } from './npmPackage.ts';
import { distributionFor, type Distribution } from './registryIndex.ts';
import { NO_SPACE } from './toolFailure.ts';
import type { Unpacking } from './unpack.ts';
import { installUvPackage } from './uvPackage.ts';

/** What an installer works with. */
export interface InstallerOptions {
  readonly installed: InstalledAgents;
  readonly clock: Clock;
  environment(): Promise<Readonly<Record<string, string>>>;
  onProgress(agent: string, job: AgentJob): void;
  /** Given by tests. */
  readonly write?: Unpacking['write'];
}

/** What came of an install. */
export interface Installed {
  readonly agent: string;
  readonly version: string;
  readonly warnings: string[];
}

interface Job {
  readonly abort: AbortController;
  readonly result: Promise<Installed>;
  state: AgentJob;
}

/**
 * Installs agents (A8), one job an agent at a time: who asks for what is being installed shares the job. What fails or is
 * cancelled leaves nothing. Owned by the catalogue.
 */
export class Installer {
  readonly #options: InstallerOptions;
  readonly #jobs = new Map<string, Job>();

  constructor(options: InstallerOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#jobs.size > 0;
  }

  /** How the install of an agent goes on, while it does. */
  job(id: string): AgentJob | undefined {
    return this.#jobs.get(id)?.state;
  }

  /**
   * Installs the registry's version, or the one that is named, which packages have and programs in archives do not. Rejects
   * with `agentInstallFailed` or `aborted`.
   */
  async install(agent: RegistryAgent, wanted?: string): Promise<Installed> {
    const running = this.#jobs.get(agent.id);
    const { distribution, version } = choose(agent, wanted);
    if (running !== undefined) {
      if (running.state.version === version) return running.result;
      throw installFailed(
        `${agent.name} ${running.state.version} is being installed; wait for it, or cancel that.`,
      );
    }
    const { installed } = this.#options;
    const before = installed.version(agent.id);
    if (before === version && installed.get(agent.id) !== undefined)
      return { agent: agent.id, version, warnings: [] };
    const abort = new AbortController();
    const state: AgentJob = {
      doing: before === undefined ? 'install' : 'update',
      version,
      step: 'installing',
    };
    const result = this.#run(agent, { distribution, version, abort }).finally(() =>
      this.#jobs.delete(agent.id),
    );
    this.#jobs.set(agent.id, { abort, result, state });
    return result;
  }

  /** Gives an install up; whether there was one. Resolves when nothing of it is left. */
  async cancel(id: string): Promise<boolean> {
    const job = this.#jobs.get(id);
    job?.abort.abort();
    await job?.result.catch(() => undefined);
    return job !== undefined;
  }

  /** Gives up all that goes on. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#jobs.keys()].map((id) => this.cancel(id)));
  }

  async #run(
    agent: RegistryAgent,
    { distribution, version, abort }: { distribution: Distribution; version: string; abort: AbortController },
  ): Promise<Installed> {
    const { installed, clock, write } = this.#options;
    const warnings: string[] = [];
    const { id, name } = agent;
    let folder: string | undefined;
    try {
      const env = await this.#options.environment();
      folder = installed.stage(id);
      const installing: Installing = {
        ...{ name, folder, env, clock, signal: abort.signal },
        progress: (progress) => this.#progress(id, progress),
        warn: (text) => warnings.push(text),
      };
      const { program, isNodeScript } = await place(distribution, version, { installing, write });
      refuseAborted(installing);
      const { args, env: own } = distribution.from;
      installed.adopt(id, folder, {
        version,
        kind: distribution.kind,
        program,
        isNodeScript,
        args,
        env: own,
      });
      return { agent: id, version, warnings };
    } catch (error) {
      if (folder !== undefined) installed.discard(folder);
      if (abort.signal.aborted) throw new HoldfastError('aborted', `The install of ${name} was cancelled.`);
      throw failure(name, error);
    }
  }

  #progress(
    id: string,
    progress: Pick<AgentJob, 'step'> & { doneBytes?: number | undefined; totalBytes?: number | undefined },
  ): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    const { doing, version } = job.state;
    const { step, doneBytes, totalBytes } = progress;
    job.state = {
      ...{ doing, version, step },
      ...(doneBytes !== undefined && { doneBytes }),
      ...(totalBytes !== undefined && { totalBytes }),
    };
    this.#options.onProgress(id, job.state);
  }
}

/** How an agent is installed here, and in which version. Throws `agentInstallFailed` where it cannot be. */
function choose(
  agent: RegistryAgent,
  wanted: string | undefined,
): { distribution: Distribution; version: string } {
  const distribution = distributionFor(agent);
  if (distribution === undefined) {
    const text = `${agent.name} does not come for ${process.platform} on ${process.arch}. Install it yourself, and name its command in the setting holdfast.agents.`;
    throw installFailed(text, { agent: agent.id });
  }
  const version = wanted ?? registryVersion(agent, distribution);
  if (distribution.kind === 'binary' && version !== agent.version)
    throw installFailed(`${agent.name} comes as a program in version ${agent.version} only, not ${version}.`);
  return { distribution, version };
}

/** What is installed when no version is named: what the registry's package says, else the entry. */
export function registryVersion(agent: RegistryAgent, distribution: Distribution | undefined): string {
  if (distribution?.kind === 'npm') return packageVersion(distribution.from.package) ?? agent.version;
  if (distribution?.kind === 'uv') return distribution.from.package.split('==')[1] ?? agent.version;
  return agent.version;
}

function place(
  distribution: Distribution,
  version: string,
  { installing, write }: { installing: Installing; write: Unpacking['write'] },
): Promise<Placed> {
  switch (distribution.kind) {
    case 'npm':
      return installNpmPackage(distribution.from, version, installing);
    case 'uv':
      return installUvPackage(distribution.from, version, installing);
    case 'binary':
      return installBinary(distribution.from, installing, { write });
  }
}

function failure(name: string, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = code === 'ENOSPC' || code === 'EDQUOT' ? NO_SPACE : errorText(error);
  return installFailed(`${name} was not installed: ${why}`, { code }, error);
}
