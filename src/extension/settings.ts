import * as vscode from 'vscode';
import type { Remotes } from '../client/remote.ts';
import type { RuntimeHello } from '../protocol/handshake.ts';
import { loadInSlices } from './loadWire.ts';
import { openSettings } from './openSettings.ts';
import { plainText } from './plainText.ts';
import { tellError } from './tellError.ts';

/** Who started something shorter is most likely still there. */
const FINISHED_AFTER_SECONDS = 10;

/** The extension's settings but agents and remote hosts, read and checked. A broken one is left out and named in `problems`; the rest works. */
export interface Settings {
  readonly home: string | undefined;
  readonly defaultAgent: string | undefined;
  readonly notifications: NotificationSettings;
  readonly problems: readonly SettingProblem[];
}

/** Of what a person wants to hear (U4). */
export interface NotificationSettings {
  readonly needsYou: boolean;
  readonly failed: boolean;
  readonly finished: boolean;
  /** A turn that was shorter than this ends without a word. */
  readonly finishedAfterSeconds: number;
  /** Whether the operating system tells it as well while no window has the focus, and whether that can be heard. */
  readonly system: boolean;
  readonly sound: boolean;
}

/** A setting that cannot be used, and why. */
export interface SettingProblem {
  readonly setting: string;
  readonly problem: string;
}

/** Reads the settings as they are now. */
export function readSettings(): Settings {
  const values = vscode.workspace.getConfiguration('holdfast');
  const problems: SettingProblem[] = [];
  const text = (name: string): string | undefined => {
    const value: unknown = values.get(name);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    problems.push({ setting: `holdfast.${name}`, problem: vscode.l10n.t('it must be a text') });
    return undefined;
  };
  const read = { home: text('home'), defaultAgent: text('defaultAgent') };
  return { ...read, notifications: readNotifications(values), problems };
}

/** `holdfast.remotes` as it stands: read and checked by `RemoteHosts`, since activation has no use for its schema. */
export function remoteSetting(): unknown {
  return vscode.workspace.getConfiguration('holdfast').get('remotes');
}

function readNotifications(values: vscode.WorkspaceConfiguration): NotificationSettings {
  const wanted = (name: string): boolean => values.get(`notifications.${name}`) !== false;
  const seconds: unknown = values.get('notifications.finishedAfterSeconds');
  return {
    needsYou: wanted('needsYou'),
    failed: wanted('failed'),
    finished: wanted('finished'),
    finishedAfterSeconds: typeof seconds === 'number' && seconds >= 0 ? seconds : FINISHED_AFTER_SECONDS,
    system: wanted('system'),
    sound: values.get('notifications.sound') === true,
  };
}

/** Says which settings cannot be used, once for each state of them; a click opens the settings. */
export class SettingsReport {
  #said = '';
  #saidOfAgents = '';
  #saidOfRemotes = '';

  /**
   * The same for agent definitions that the runtime cannot use, of `file` and of settings. A click opens that file, which defines
   * agents for all windows, where one of them stands in it, and the setting else.
   */
  reportAgents(problems: RuntimeHello['agentProblems'], file: string): void {
    const words = problems.map(({ agent, source, problem }) => `${agent} (${source}): ${problem}`).join('; ');
    if (words === this.#saidOfAgents) return;
    this.#saidOfAgents = words;
    if (words === '') return;
    const said = vscode.l10n.t('Holdfast leaves out agents that it cannot use: {0}', plainText(words));
    if (problems.some(({ source }) => source === 'file')) offerFile(said, file);
    else offerSetting(said, 'holdfast.agents');
  }

  /** The same for remote hosts of `remotes.json`; a click opens that file. */
  reportRemotes(problems: Remotes['problems'], file: string): void {
    const words = problems.map(({ name, problem }) => `${name}: ${problem}`).join('; ');
    if (words === this.#saidOfRemotes) return;
    this.#saidOfRemotes = words;
    if (words === '') return;
    offerFile(
      vscode.l10n.t('Holdfast leaves out remote hosts that it cannot use: {0}', plainText(words)),
      file,
    );
  }

  /** Reads the settings as they are now, and the agents with them, whose check is loaded when it is first needed. */
  async report(): Promise<void> {
    await loadInSlices();
    const { readAgentSettings } = await import('./agentSettings.ts');
    const { readRemoteSettings } = await import('./remoteSettings.ts');
    const remotes = readRemoteSettings(remoteSetting(), vscode.l10n.t);
    const problems = [...readSettings().problems, ...readAgentSettings().problems, ...remotes.wrong];
    const words = problems.map(({ setting, problem }) => `${setting}: ${problem}`).join('; ');
    if (words === this.#said) return;
    this.#said = words;
    if (words === '') return;
    offerSetting(
      vscode.l10n.t('Holdfast leaves out settings that it cannot use: {0}', plainText(words)),
      problems[0]?.setting.split('.').slice(0, 2).join('.'),
    );
  }
}

/** Says what is wrong in a setting, which a click opens. */
function offerSetting(words: string, setting: string | undefined): void {
  const open = vscode.l10n.t('Open Settings');
  void vscode.window.showWarningMessage(words, open).then((chosen) => {
    if (chosen === open) openSettings(setting).then(undefined, tellError);
  });
}

/** Says what is wrong in a file, which a click opens. */
function offerFile(words: string, file: string): void {
  const open = vscode.l10n.t('Open File');
  void vscode.window.showWarningMessage(words, open).then((chosen) => {
    if (chosen === open) vscode.window.showTextDocument(vscode.Uri.file(file)).then(undefined, tellError);
  });
}
