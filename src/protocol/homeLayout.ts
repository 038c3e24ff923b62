/** Names inside the data directory (ARCHITECTURE.md). The runtime writes them, clients read them. */
export const homeLayout = {
  journal: 'journal.db',
  agents: 'agents.json',
  /** Runtimes on other machines, by name (O7). */
  remotes: 'remotes.json',
  /** Installed agents, a folder each, and what was fetched of the registry. */
  agentsFolder: 'agents',
  /** Permission rules for workspaces and for always (W5). */
  permissions: 'permissions.json',
  runtimeFolder: 'runtime',
  /** Inside the runtime folder: where the running runtime is, and how to get in. */
  discovery: 'runtime.json',
  /** Inside the runtime folder: held by `BEGIN EXCLUSIVE` for the life of a runtime; opened by nothing else. */
  lock: 'runtime.lock',
  /** Inside the runtime folder: versioned copies of the bundle, one folder a build. */
  builds: 'builds',
  /** Inside the runtime folder: what the runtime started, one file a process. */
  processes: 'processes',
  /** Inside the runtime folder: files of what goes on; emptied by the next runtime. */
  temporary: 'temporary',
  logs: 'logs',
  log: 'runtime.log',
  /** Inside the folder of logs: what agents write to stderr, a file each. */
  agentLogs: 'agents',
} as const;
