import * as vscode from 'vscode';
import { askValue } from './askValue.ts';
import { idOf, type Named } from './choosing.ts';
import type { CommandParts, CommandTable } from './commands.ts';
import { hostLook } from './hostLook.ts';
import { openRemoteFile } from './openRemoteFile.ts';
import { plainText } from './plainText.ts';
import type { RemoteHosts } from './remoteHosts.ts';
import { remoteSetting } from './settings.ts';

/** A host as menus and rows of the tree name it, or a session of it. */
type NamedHost = Named | { readonly host: string };

/** Commands about remote hosts: what stands in the setting, and the tokens beside it. */
export function remoteCommands(parts: CommandParts): CommandTable {
  const { connection, hosts, tree } = parts;
  const { t } = vscode.l10n;
  const chosen = async (named: NamedHost, title: string): Promise<string | undefined> => {
    if (typeof named === 'object' && 'host' in named) return named.host;
    return connection.hostOf(idOf(named))?.name ?? (await pickHost(parts, title));
  };

  return {
    'holdfast.addRemote': () => addRemote(parts),

    'holdfast.removeRemote': async (named?: NamedHost) => {
      const name = await chosen(named, t('Remove Remote Host'));
      if (name !== undefined) await removeRemote(hosts, name, connection.home);
    },

    'holdfast.signInRemote': async (named?: NamedHost) => {
      const name = await chosen(named, t('Sign In to Remote Host'));
      if (name === undefined) return;
      const token = await askToken(name, { step: 1, steps: 1 });
      if (token === undefined) return;
      await hosts.tokens.keep(name, token);
      hosts.get(name)?.retry();
      // Who signs in from a chat goes on there.
      if (typeof named !== 'string') await tree.showHost(name);
    },

    'holdfast.retryRemote': async (named?: NamedHost) => {
      const name = await chosen(named, t('Connect to Remote Host'));
      if (name === undefined) return;
      hosts.get(name)?.retry();
      await tree.showHost(name);
    },

    'holdfast.openRemoteFile': openRemoteFile(connection),
  };
}

/**
 * Asks for all that a host needs, and shows what comes of it. The token is kept before the setting is written: whoever follows that
 * finds it.
 */
async function addRemote({ hosts, tree }: CommandParts): Promise<void> {
  const { t } = vscode.l10n;
  const { placeProblem } = await import('./remoteSettings.ts');
  const title = t('Add Remote Host');
  const name = await vscode.window.showInputBox({
    title: t('{0} ({1}/{2})', title, 1, 3),
    prompt: t('What the host is called here'),
    placeHolder: 'devbox',
    ignoreFocusOut: true,
    validateInput: (value) => nameProblem(value.trim(), hosts),
  });
  if (name === undefined) return;
  const url = await vscode.window.showInputBox({
    title: t('{0} ({1}/{2})', title, 2, 3),
    prompt: t('Where its runtime listens: wss://host:port, or the path of a forwarded socket'),
    placeHolder: 'wss://devbox.example:7455',
    ignoreFocusOut: true,
    validateInput: (value) => placeProblem(name.trim(), value.trim()),
  });
  if (url === undefined) return;
  const token = await askToken(name.trim(), { step: 3, steps: 3 });
  if (token === undefined) return;
  await hosts.tokens.keep(name.trim(), token);
  await writeRemotes({ ...definedRemotes(), [name.trim()]: { url: url.trim() } });
  await hosts.followed;
  hosts.get(name.trim())?.want();
  await tree.showHost(name.trim());
}

function nameProblem(name: string, hosts: RemoteHosts): string | undefined {
  const { t } = vscode.l10n;
  if (name === '' || /[/\\]/u.test(name)) return t('A name is needed, without slashes.');
  // One in the settings that cannot be used is no host, and is not to be written over.
  const isThere = hosts.get(name) !== undefined || Object.hasOwn(definedRemotes(), name);
  return isThere ? t('There is a host of this name already.') : undefined;
}

function askToken(host: string, place: { step: number; steps: number }): Promise<string | undefined> {
  const { t } = vscode.l10n;
  return askValue({
    title: t('Sign In to {0}', plainText(host)),
    prompt: t('The token that “holdfast runtime --listen” shows the place of, on that machine'),
    ...{ ...place, secret: true, optional: false },
  });
}

async function removeRemote(hosts: RemoteHosts, name: string, home: string): Promise<void> {
  const { t } = vscode.l10n;
  const remove = t('Remove');
  const words = t('Remove the remote host “{0}”?', plainText(name));
  const detail = t('Its token is forgotten here. Its sessions stay and go on over there.');
  if ((await vscode.window.showWarningMessage(words, { modal: true, detail }, remove)) !== remove) return;
  if (hosts.isFromFile(name)) {
    const { removeRemote: takeOut } = await import('../client/writeRemotes.ts');
    takeOut(home, name);
    await hosts.follow(remoteSetting());
  } else {
    const { [name]: _, ...others } = definedRemotes();
    await writeRemotes(others);
  }
  await hosts.forget(name);
}

async function pickHost(parts: CommandParts, title: string): Promise<string | undefined> {
  const { hosts } = parts;
  const { t } = vscode.l10n;
  if (hosts.all.length === 0) {
    const add = t('Add Remote Host…');
    const words = t('There are no remote hosts yet.');
    if ((await vscode.window.showInformationMessage(words, add)) === add) await addRemote(parts);
    return undefined;
  }
  const items = hosts.all.map(({ name, view }) => ({
    label: plainText(name),
    description: hostLook(view, t).label,
    name,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: t('Which host?') }))?.name;
}

/** As they stand, broken ones too: none is lost. */
function definedRemotes(): Record<string, unknown> {
  const value = remoteSetting();
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

async function writeRemotes(remotes: Record<string, unknown>): Promise<void> {
  await vscode.workspace
    .getConfiguration('holdfast')
    .update('remotes', remotes, vscode.ConfigurationTarget.Global);
}
