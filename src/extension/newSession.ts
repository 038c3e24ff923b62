import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { HoldfastError } from '../protocol/errors.ts';
import type { SessionId } from '../protocol/ids.ts';
import { actOnAgent } from './agentActions.ts';
import { pickAgent, type AgentPickerParts } from './agentPicker.ts';
import { chooseHost, newRemoteSession, type RemoteSessionParts } from './newRemoteSession.ts';
import { readSettings } from './settings.ts';
import type { WindowConnection } from './windowConnection.ts';

/** What a new session may be told; what is absent is asked for, or taken from settings and workspace. */
export interface NewSessionOptions {
  /** A remote host by its name. Asked for where there are some, unless agent or folder are told: then it is this machine. */
  readonly host?: string | undefined;
  readonly agent?: string | undefined;
  readonly cwd?: string | undefined;
  /** Asks for the agent also where one is obvious. */
  readonly choose?: boolean | undefined;
}

/** Begins a session in the workspace's folder, or on a remote host; `undefined` when the person changed their mind. Rejects with a `HoldfastError`. */
export async function newSession(
  { live, hosts, memory, ...parts }: AgentPickerParts & RemoteSessionParts,
  options: NewSessionOptions = {},
): Promise<SessionId | undefined> {
  if (options.host !== undefined && hosts.get(options.host) === undefined)
    throw new HoldfastError('invalidParams', `there is no remote host ${options.host}`, {
      host: options.host,
    });
  const isTold = (options.cwd ?? options.agent) !== undefined;
  const where = hosts.get(options.host ?? '') ?? (isTold ? 'here' : await chooseHost(hosts));
  if (where === undefined) return undefined;
  if (where !== 'here') return newRemoteSession({ live, hosts, memory }, where, options);
  const cwd = options.cwd ?? (await chooseFolder());
  if (cwd === undefined) return undefined;
  const agent = options.agent ?? (await chooseAgent(parts, options.choose === true));
  if (agent === undefined) return undefined;
  const session = await live.create({ cwd, agent });
  return session.id;
}

/** The folder that sessions of this window work in; with several, the one that is picked, `undefined` for none. */
export async function chooseFolder(): Promise<string | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const [only, ...others] = folders;
  if (only === undefined) return homedir();
  if (others.length === 0) return only.uri.fsPath;
  const chosen = await vscode.window.showWorkspaceFolderPick({
    placeHolder: vscode.l10n.t('The folder to work in'),
  });
  return chosen?.uri.fsPath;
}

/** The default of the settings, the only one there is, or what the person picks. */
async function chooseAgent(parts: AgentPickerParts, always: boolean): Promise<string | undefined> {
  if (!always) {
    const agent = await obviousAgent(parts.connection);
    if (agent !== undefined) return agent;
  }
  const options = {
    title: vscode.l10n.t('New Session'),
    placeholder: vscode.l10n.t('The agent to work with'),
  };
  for (;;) {
    const picked = await pickAgent(parts, options);
    if (picked === undefined) return undefined;
    const { agent, action } = picked;
    if (action !== undefined) await actOnAgent(parts, action, agent);
    if (action === 'log') return undefined;
    if (action !== undefined) continue;
    if (agent.usable || (await actOnAgent(parts, 'install', agent))) return agent.id;
  }
}

/** The agent that needs no question: the default of the settings, or the only one. */
async function obviousAgent(connection: WindowConnection): Promise<string | undefined> {
  const { agents } = await connection.request('agent/list', {});
  const { defaultAgent } = readSettings();
  if (defaultAgent !== undefined) {
    if (agents.some(({ id }) => id === defaultAgent)) return defaultAgent;
    const known = agents.map(({ id }) => id).join(', ');
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'The setting holdfast.defaultAgent names “{0}”, which is no known agent. There are: {1}.',
        defaultAgent,
        known,
      ),
    );
  }
  const [only, ...others] = agents;
  return others.length === 0 ? only?.id : undefined;
}
