import { statSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errorText.ts';
import { Emitter } from '../../base/emitter.ts';
import {
  agentDefinitionSchema,
  type AgentDefinition,
  type AgentRecord,
} from '../../protocol/agentDefinition.ts';
import type { RegistryAgent } from '../../protocol/agentRegistry.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import type { AgentEntry, AgentJob } from '../../protocol/methods/agentMethods.ts';
import type { AgentsBelow, BelowAgent } from '../agent/definitions.ts';
import type { Log } from '../log.ts';
import { InstalledAgents } from './installed.ts';
import { Installer, registryVersion, type Installed, type InstallerOptions } from './installer.ts';
import { findOnPath, PROGRAMS } from './programs.ts';
import { Registry } from './registry.ts';
import { distributionFor } from './registryIndex.ts';
import { AgentStates } from './states.ts';

/** What a catalogue is made with. */
export interface CatalogueOptions {
  /** The private folder of installed agents. */
  readonly folder: string;
  /** Where the registry's index is; `undefined` asks nobody. */
  readonly registryUrl: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** The person's environment, for PATH and for the tools that install. */
  environment(): Promise<Readonly<Record<string, string>>>;
  readonly write?: InstallerOptions['write'];
}

/**
 * Which agents there are besides those that somebody defined (A8): those of the registry that are installed, and those that
 * PATH finds. What is found on PATH is looked for when somebody asks, so that an install outside shows. Owned by `main`.
 */
export class AgentCatalogue implements AgentsBelow {
  readonly states = new AgentStates();
  readonly #options: CatalogueOptions;
  readonly #registry: Registry;
  readonly #installed: InstalledAgents;
  readonly #installer: Installer;
  readonly #progress = new Emitter<{ readonly agent: string; readonly job: AgentJob }>();
  readonly #changed = new Emitter<string | undefined>();
  /** Told how installs go on. */
  readonly onProgress = this.#progress.listen;
  /** Told the agent that is another now; `undefined` for all. */
  readonly onChange = this.#changed.listen;
  #onPath: ReadonlyMap<string, string> = new Map();
  /** As PATH was looked at last. */
  #environment: Readonly<Record<string, string>> | undefined;

  constructor(options: CatalogueOptions) {
    const { folder, registryUrl: url, clock, log, write } = options;
    this.#options = options;
    this.#registry = new Registry({ file: path.join(folder, 'registry.json'), url, clock, log });
    this.#installed = new InstalledAgents(folder);
    this.#installer = new Installer({
      ...{ installed: this.#installed, clock, write },
      environment: () => options.environment(),
      onProgress: (agent, job) => this.#progress.fire({ agent, job }),
    });
    this.states.onChange((id) => this.#changed.fire(id));
  }

  /** Whether something is being installed. */
  get isBusy(): boolean {
    return this.#installer.isBusy;
  }

  /** Takes away what an earlier runtime left half done. Before any agent runs. */
  sweep(): void {
    this.#installed.sweep();
  }

  /**
   * Looks at PATH, and at the registry's index: beside, at most once a day, with `index`; before it resolves, with `refresh`.
   * Never rejects.
   */
  async look({
    index = false,
    refresh = false,
  }: { readonly index?: boolean; readonly refresh?: boolean } = {}): Promise<void> {
    const refreshing = index || refresh ? this.#registry.refresh({ force: refresh }) : undefined;
    void refreshing?.then((isOther) => isOther && this.#changed.fire(undefined));
    const env = (this.#environment = await this.#options.environment());
    const found = Object.entries(PROGRAMS).map(
      ([id, { program }]) => [id, findOnPath(program, env)] as const,
    );
    this.#onPath = new Map(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
    if (refresh) await refreshing;
  }

  agents(): ReadonlyMap<string, BelowAgent> {
    const all = new Map<string, BelowAgent>();
    for (const id of this.#installed.ids()) {
      const found = this.#installed.get(id);
      if (found === undefined) continue;
      const { command, args, env } = found;
      all.set(id, this.#below(id, 'registry', { command, args: [...args], env: { ...env } }));
    }
    for (const [id, command] of this.#onPath) {
      if (!isFile(command)) continue;
      const from = this.#distributionOf(id)?.from;
      const args = [...(PROGRAMS[id]?.args ?? from?.args ?? [])];
      all.set(id, this.#below(id, 'path', { command, args, env: { ...from?.env } }));
    }
    return all;
  }

  /** What to say of an agent that is known and not there. */
  missing(id: string): HoldfastError | undefined {
    const agent = this.#registry.agents.get(id);
    if (agent === undefined) return undefined;
    const text = `${agent.name} is not installed. Install it with \`holdfast agents install ${id}\`, or from the list of agents.`;
    return new HoldfastError('agentNotInstalled', text, { agent: id });
  }

  absent({ command, env }: AgentDefinition): string | undefined {
    // A path inside of a working directory is looked for there, when a session begins.
    const isName = !/[/\\]/u.test(command);
    if (isName ? this.#environment === undefined : !path.isAbsolute(command)) return undefined;
    const isThere = isName
      ? findOnPath(command, { ...this.#environment, ...env }) !== undefined
      : isFile(command) ||
        findOnPath(path.basename(command), { ...env, PATH: path.dirname(command) }) !== undefined;
    if (isThere) return undefined;
    return isName ? `there is no program “${command}” on the PATH` : `there is no program ${command}`;
  }

  isGone(record: AgentRecord): boolean {
    return this.#installed.isGone(record);
  }

  /** Adds to a list of definitions what is known of their agents, and with `available` those that could be installed. */
  describe(agents: readonly AgentEntry[], { available }: { readonly available: boolean }): AgentEntry[] {
    const described = agents.map((agent) => this.#describe(agent));
    if (!available) return described;
    const known = new Set(agents.map(({ id }) => id));
    const others = [...this.#registry.agents.values()].filter(({ id }) => !known.has(id));
    const installable = others.map(({ id, name }): AgentEntry => {
      const entry = {
        id,
        name,
        source: 'registry',
        usable: false,
        updateAvailable: false,
        signIn: 'unknown',
      } as const;
      return this.#describe(entry);
    });
    return [...described, ...installable];
  }

  /** Installs an agent, see `Installer.install`. Rejects with `agentUnknown` too. */
  async install(id: string, version?: string): Promise<Installed> {
    const agent = this.#agent(id);
    const installing = this.#installer.install(agent, version);
    this.#changed.fire(id);
    try {
      const installed = await installing;
      this.states.worked(id);
      if (this.#onPath.has(id))
        installed.warnings.push(
          `${agent.name} is also on PATH, at ${this.#onPath.get(id)}, and that one is used.`,
        );
      return installed;
    } catch (error) {
      if (!(error instanceof HoldfastError && error.kind === 'aborted'))
        this.states.failed(id, errorText(error));
      throw error;
    } finally {
      this.#changed.fire(id);
    }
  }

  /** Brings an installed agent to the registry's version. Rejects with `agentNotInstalled` too. */
  update(id: string): Promise<Installed> {
    const agent = this.#agent(id);
    if (this.#installed.version(id) !== undefined) return this.install(id);
    const text = `${agent.name} was not installed by Holdfast, so it cannot be updated by it.`;
    return Promise.reject(new HoldfastError('agentNotInstalled', text, { agent: id }));
  }

  cancel(id: string): Promise<boolean> {
    return this.#installer.cancel(id);
  }

  /** Takes an agent's private folder away; what is being installed is cancelled. */
  async remove(id: string): Promise<boolean> {
    await this.#installer.cancel(id);
    const removed = isId(id) && this.#installed.remove(id);
    this.#changed.fire(id);
    return removed;
  }

  /** Gives up what is being installed. */
  dispose(): Promise<void> {
    return this.#installer.dispose();
  }

  #agent(id: string): RegistryAgent {
    const agent = this.#registry.agents.get(id);
    if (agent !== undefined) return agent;
    const known = [...this.#registry.agents.keys()];
    const text = `The registry has no agent “${id}”. It has: ${known.join(', ')}.`;
    throw new HoldfastError('agentUnknown', text, { agent: id, known });
  }

  #below(
    id: string,
    source: BelowAgent['source'],
    launch: { command: string; args: string[]; env: Record<string, string> },
  ): BelowAgent {
    const name = this.#registry.agents.get(id)?.name ?? id;
    return { source, definition: agentDefinitionSchema.parse({ name, ...launch }) };
  }

  #distributionOf(id: string) {
    const agent = this.#registry.agents.get(id);
    return agent === undefined ? undefined : distributionFor(agent);
  }

  #describe(entry: AgentEntry): AgentEntry {
    const { id } = entry;
    const agent = this.#registry.agents.get(id);
    const distribution = this.#distributionOf(id);
    const version = agent && distribution ? registryVersion(agent, distribution) : undefined;
    const installedVersion = this.#installed.version(id);
    const job = this.#installer.job(id);
    const { signIn, lastError } = this.states.get(id);
    return {
      ...entry,
      ...(agent !== undefined && { description: agent.description }),
      ...(agent?.website !== undefined && { website: agent.website }),
      ...(version !== undefined && { version }),
      ...(installedVersion !== undefined && { installedVersion }),
      updateAvailable:
        installedVersion !== undefined && version !== undefined && installedVersion !== version,
      signIn,
      ...(lastError !== undefined && { lastError }),
      ...(job !== undefined && { job }),
    };
  }
}

/** Ids of definitions may be anything; those of folders may not. */
function isId(id: string): boolean {
  return /^[a-z][a-z0-9-]{0,63}$/u.test(id);
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
