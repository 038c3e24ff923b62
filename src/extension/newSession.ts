import * as vscode from 'vscode';
import { HoldfastError } from '../protocol/errors.ts';
import type { SessionId } from '../protocol/ids.ts';
import { actOnAgent } from './agentActions.ts';
import { obviousAgent } from './agentLook.ts';
import { pickAgent, type AgentPickerParts } from './agentPicker.ts';
import { chooseHost, newRemoteSession, type RemoteSessionParts } from './newRemoteSession.ts';
import { chooseFolder } from './chooseFolder.ts';
import { continueConversation } from './continueConversation.ts';
import { openSettings } from './openSettings.ts';
import { plainText } from './plainText.ts';
import { readSettings } from './settings.ts';
import { tellError } from './tellError.ts';
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

/** What beginning a session works with. */
export type NewSessionParts = AgentPickerParts & RemoteSessionParts;

/** Begins a session in the workspace's folder, or on a remote host; `undefined` when the person changed their mind. Rejects with a `HoldfastError`. */
export async function newSession(
  parts: NewSessionParts,
  options: NewSessionOptions = {},
): Promise<SessionId | undefined> {
  const { live, hosts, memory } = parts;
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
  if (agent === goesOn) return continueConversation(parts, cwd);
  const session = await live.create({ cwd, agent });
  return session.id;
}

/** Instead of an agent: the person goes on with a conversation that one has. */
const goesOn = Symbol('goes on');

/** The default of the settings, the only one there is and can be, or what the person picks. */
async function chooseAgent(
  parts: AgentPickerParts,
  always: boolean,
): Promise<string | typeof goesOn | undefined> {
  if (!always) {
    const agent = await agentWithoutAsking(parts.connection);
    if (agent !== undefined) return agent;
  }
  const options = {
    title: vscode.l10n.t('New Session'),
    placeholder: vscode.l10n.t('The agent to work with'),
  };
  for (;;) {
    const picked = await pickAgent(parts, options);
    if (picked === undefined) return undefined;
    if (picked === 'continue') return goesOn;
    const { agent, action } = picked;
    if (action !== undefined) await actOnAgent(parts, action, agent);
    if (action === 'log') return undefined;
    if (action === 'always') return agent.id;
    if (action !== undefined) continue;
    if (agent.usable || (await actOnAgent(parts, 'install', agent))) return agent.id;
  }
}

/** The agent that needs no question; a default that is no agent is told of. */
async function agentWithoutAsking(connection: WindowConnection): Promise<string | undefined> {
  const { agents } = await connection.request('agent/list', { available: true });
  const { defaultAgent } = readSettings();
  if (defaultAgent !== undefined && !agents.some(({ id, usable }) => usable && id === defaultAgent)) {
    const known = agents.filter(({ usable }) => usable).map(({ id }) => id);
    const open = vscode.l10n.t('Open Settings');
    const words = vscode.l10n.t(
      'The setting holdfast.defaultAgent names “{0}”, which is no known agent. There are: {1}.',
      plainText(defaultAgent),
      plainText(known.join(', ')),
    );
    void vscode.window.showWarningMessage(words, open).then((chosen) => {
      if (chosen === open) openSettings('holdfast.defaultAgent').then(undefined, tellError);
    });
  }
  return obviousAgent(agents, defaultAgent);
}
