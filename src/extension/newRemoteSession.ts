import * as vscode from 'vscode';
import type { SessionId } from '../protocol/ids.ts';
import { hostLook } from './hostLook.ts';
import type { LiveSessions } from './liveSessions.ts';
import { plainText } from './plainText.ts';
import type { RemoteHost } from './remoteHost.ts';
import type { RemoteHosts } from './remoteHosts.ts';
import { withProgress } from './withProgress.ts';

/** What a session on a remote host is made with. */
export interface RemoteSessionParts {
  readonly hosts: RemoteHosts;
  readonly live: LiveSessions;
  /** Where the folders used last are kept. */
  readonly memory: vscode.Memento;
}

/** What may be told already. */
export interface RemoteSessionOptions {
  readonly agent?: string | undefined;
  readonly cwd?: string | undefined;
}

const FOLDERS = 'holdfast.remoteFolders';

/** Where a new session is to be: a host by its name, `here`, or `undefined` when the person changed their mind. */
export async function chooseHost(hosts: RemoteHosts): Promise<RemoteHost | 'here' | undefined> {
  const { t } = vscode.l10n;
  if (hosts.all.length === 0) return 'here';
  const items = [
    { label: t('$(device-desktop) This machine'), description: '', where: 'here' as const },
    ...hosts.all.map((host) => ({
      label: `$(remote) ${plainText(host.name)}`,
      description: hostLook(host.view, t).label,
      where: host,
    })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: t('New Session'),
    placeHolder: t('The machine to work on'),
  });
  return picked?.where;
}

/**
 * Begins a session on a remote host, in a folder of that host; what is not told is asked for. `undefined` when the person
 * changed their mind. Rejects with what keeps the host from being reached, or a `HoldfastError` of its own.
 */
export async function newRemoteSession(
  { live, memory }: RemoteSessionParts,
  host: RemoteHost,
  options: RemoteSessionOptions,
): Promise<SessionId | undefined> {
  const name = plainText(host.name);
  const isThere = await withProgress(vscode.l10n.t('Connecting to {0}', name), async ({ signal }) => {
    await host.connected(signal);
    return true;
  });
  if (isThere !== true) return undefined;
  const folders = memory.get<Record<string, string>>(FOLDERS, {});
  const cwd = options.cwd ?? (await askFolder(name, folders[host.name]));
  if (cwd === undefined) return undefined;
  await memory.update(FOLDERS, { ...folders, [host.name]: cwd });
  const agent = options.agent ?? (await chooseAgent(host));
  if (agent === undefined) return undefined;
  return (await live.create({ cwd, agent }, host)).id;
}

function askFolder(host: string, last: string | undefined): Thenable<string | undefined> {
  const { t } = vscode.l10n;
  return vscode.window
    .showInputBox({
      title: t('New Session on {0}', host),
      prompt: t('The folder to work in, as a path on {0}', host),
      placeHolder: '/home/ada/project',
      value: last ?? '',
      ignoreFocusOut: true,
      validateInput: (value) =>
        isAbsolute(value.trim()) ? undefined : t('A whole path is needed, from its root.'),
    })
    .then((value) => value?.trim());
}

/** A path of either kind of system: the host may be of another one than this machine. */
function isAbsolute(path: string): boolean {
  return /^(\/|[A-Za-z]:[\\/]|\\\\)/u.test(path);
}

/** The only agent that can be used over there, or the one that is picked. */
async function chooseAgent(host: RemoteHost): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const { agents } = await host.request('agent/list', {});
  const usable = agents.filter((agent) => agent.usable);
  const [only, ...others] = usable;
  if (others.length === 0) return only?.id;
  const items = usable.map(({ id, name }) => ({ label: plainText(name), description: plainText(id), id }));
  const picked = await vscode.window.showQuickPick(items, {
    title: t('New Session on {0}', plainText(host.name)),
    placeHolder: t('The agent to work with'),
    ignoreFocusOut: true,
  });
  return picked?.id;
}
