import path from 'node:path';
import envPaths from 'env-paths';
import { homeLayout } from '../protocol/homeLayout.ts';

/** What decides the data directory. */
export interface HomeOptions {
  /** Given explicitly (`--home`, the setting `holdfast.home`); wins over everything. Relative paths start at the cwd. */
  readonly home?: string | undefined;
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * The data directory, absolute (ARCHITECTURE.md): as given, else `HOLDFAST_HOME`, else the platform's per-user data
 * directory. It need not exist yet.
 */
export function resolveHome({ home, env = process.env }: HomeOptions = {}): string {
  const chosen = home || env['HOLDFAST_HOME'];
  return path.resolve(chosen || envPaths('holdfast', { suffix: '' }).data);
}

/** The places inside a data directory that a client reads or writes. All absolute. */
export interface HomePaths {
  readonly home: string;
  readonly runtimeFolder: string;
  readonly discovery: string;
  readonly builds: string;
  readonly logs: string;
  readonly lock: string;
}

/** The places inside a data directory (`homeLayout`). */
export function homePaths(home: string): HomePaths {
  const runtimeFolder = path.join(home, homeLayout.runtimeFolder);
  return {
    home,
    runtimeFolder,
    discovery: path.join(runtimeFolder, homeLayout.discovery),
    builds: path.join(runtimeFolder, homeLayout.builds),
    logs: path.join(home, homeLayout.logs),
    lock: path.join(runtimeFolder, homeLayout.lock),
  };
}
