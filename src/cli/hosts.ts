import type { Connection } from '../client/connect.ts';
import { readRemotes } from '../client/remote.ts';
import { errorText } from '../base/errorText.ts';
import { plain } from './render.ts';
import type { Invocation } from './command.ts';

/** How long a remote may take to say what it has, when its sessions are only some among others, in milliseconds. */
const PATIENCE_MS = 5_000;

/** What a host gave, and its name: none for this machine. */
export interface OfHost<T> {
  readonly host: string | undefined;
  readonly value: T;
}

/**
 * Asks this machine's runtime and every remote of `remotes.json` at once, or only the one that `--remote` names. A remote that
 * does not answer is a line on stderr and keeps nothing from the others; of what was asked for by name, the failure is thrown.
 */
export async function fromAllHosts<T>(
  invocation: Invocation,
  ask: (connection: Connection) => Promise<T>,
  { localOnly = false, mayLaunch = true } = {},
): Promise<readonly OfHost<T>[]> {
  const { remote, home, terminal } = invocation;
  if (remote !== undefined) return [{ host: remote, value: await ask(await invocation.connect()) }];
  const { remotes, problems } = localOnly ? { remotes: {}, problems: [] } : readRemotes(home);
  const tell = (name: string, problem: string): void =>
    terminal.note(`${terminal.noteColor.dim(`holdfast: ${plain(name)}: ${plain(problem)}`)}\n`);
  for (const { name, problem } of problems) tell(name, problem);
  const others = Object.keys(remotes).map(async (host): Promise<OfHost<T>[]> => {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      return [{ host, value: await ask(await invocation.connect({ remote: host, signal })) }];
    } catch (error) {
      tell(host, errorText(error));
      return [];
    }
  });
  const here = ask(await invocation.connect({ mayLaunch }));
  const [own, ...far] = await Promise.all([here, ...others]);
  return [{ host: undefined, value: own }, ...far.flat()];
}
