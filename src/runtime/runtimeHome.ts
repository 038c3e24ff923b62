import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../base/errorText.ts';
import { homeLayout } from '../protocol/homeLayout.ts';
import { HoldfastError } from '../protocol/errors.ts';

/** Absolute paths inside one data directory. */
export interface RuntimeHome {
  readonly home: string;
  readonly journal: string;
  readonly agents: string;
  /** Installed agents. */
  readonly agentsFolder: string;
  /** Permission rules for workspaces and for always. */
  readonly permissions: string;
  readonly folder: string;
  readonly discovery: string;
  readonly lock: string;
  /** What the runtime started, one file a process. */
  readonly processes: string;
  /** Files that nobody needs after this runtime; made when there is one. */
  readonly temporary: string;
  readonly log: string;
  readonly agentLogs: string;
}

/** Makes the data directory, private to the user. Throws `homeUnusable`, naming the folder and what the system said. */
export function prepareHome(home: string): RuntimeHome {
  const folder = path.join(home, homeLayout.runtimeFolder);
  const logs = path.join(home, homeLayout.logs);
  for (const directory of [home, folder, logs]) {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new HoldfastError(
        'homeUnusable',
        `the data directory ${directory} cannot be used: ${errorText(error)}; set HOLDFAST_HOME or the setting holdfast.home to a folder you can write to`,
        { path: directory },
        error,
      );
    }
  }
  if (process.platform !== 'win32') chmodSync(folder, 0o700);
  return {
    home,
    journal: path.join(home, homeLayout.journal),
    agents: path.join(home, homeLayout.agents),
    agentsFolder: path.join(home, homeLayout.agentsFolder),
    permissions: path.join(home, homeLayout.permissions),
    folder,
    discovery: path.join(folder, homeLayout.discovery),
    lock: path.join(folder, homeLayout.lock),
    processes: path.join(folder, homeLayout.processes),
    temporary: path.join(folder, homeLayout.temporary),
    log: path.join(logs, homeLayout.log),
    agentLogs: path.join(logs, homeLayout.agentLogs),
  };
}
