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
  const { connection, hosts } = parts;
  const { t } = vscode.l10n;
  const chosen = async (named: NamedHost, title: string): Promise<string | undefined> => {
    if (typeof named === 'object' && 'host' in named) return named.host;
    return connection.hostOf(idOf(named))?.name ?? (await pickHost(hosts, title));
  };

  return {
    'holdfast.addRemote': () => addRemote(hosts),

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
    },

    'holdfast.retryRemote': async (named?: NamedHost) => {
      const name = await chosen(named, t('Connect to Remote Host'));
      if (name !== undefined) hosts.get(name)?.retry();
    },

    'holdfast.openRemoteFile': openRemoteFile(connection),
  };
}

/** Asks for all that a host needs. The token is kept before the setting is written: whoever follows that finds it. */
async function addRemote(hosts: RemoteHosts): Promise<void> {
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
}

function nameProblem(name: string, hosts: RemoteHosts): string | undefined {
  const { t } = vscode.l10n;
  if (name === '' || /[/\\]/u.test(name)) return t('A name is needed, without slashes.');
  return hosts.get(name) === undefined ? undefined : t('There is a host of this name already.');
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
  if (hosts.isFromFile(name)) {
    const { remotesFile } = await import('../client/remote.ts');
    const file = vscode.Uri.file(remotesFile(home));
    const open = t('Open File');
    const words = t('“{0}” stands in {1}. Remove it there.', plainText(name), file.fsPath);
    if ((await vscode.window.showInformationMessage(words, open)) === open)
      await vscode.window.showTextDocument(file);
    return;
  }
  const remove = t('Remove');
  const words = t('Remove the remote host “{0}”?', plainText(name));
  const detail = t('Its token is forgotten here. Its sessions stay and go on over there.');
  if ((await vscode.window.showWarningMessage(words, { modal: true, detail }, remove)) !== remove) return;
  const { [name]: _, ...others } = definedRemotes();
  await writeRemotes(others);
  await hosts.forget(name);
}

async function pickHost(hosts: RemoteHosts, title: string): Promise<string | undefined> {
  const { t } = vscode.l10n;
  if (hosts.all.length === 0) {
    const add = t('Add Remote Host…');
    const words = t('There are no remote hosts yet.');
    if ((await vscode.window.showInformationMessage(words, add)) === add) await addRemote(hosts);
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
