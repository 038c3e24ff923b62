import * as vscode from 'vscode';
import { examine } from '../client/examine.ts';
import type { Finding } from '../client/findings.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { findingWords } from './findingWords.ts';
import { Picker } from './picker.ts';
import type { WindowConnection } from './windowConnection.ts';

interface FindingItem extends vscode.QuickPickItem {
  readonly finding: Finding;
}

const ICONS = { ok: 'pass', warning: 'warning', wrong: 'error' } as const;

/** Looks at all that Holdfast needs and lists what was found, with what helps; picking one that is not well acts on it (U8). */
export async function showDoctor(connection: WindowConnection): Promise<void> {
  const { t } = vscode.l10n;
  const picker = new Picker<FindingItem, Finding>({
    title: t('Holdfast: Doctor'),
    placeholder: t('Looking…'),
  });
  const { pick, owned } = picker;
  pick.busy = true;
  const copy = { iconPath: new vscode.ThemeIcon('copy'), tooltip: t('Copy All') };
  pick.buttons = [copy];
  const findings: Finding[] = [];
  let isOpen = true;
  owned.add(pick.onDidTriggerButton(() => vscode.env.clipboard.writeText(report(findings))));
  owned.add({ dispose: () => (isOpen = false) });
  void picker.shown(({ finding }) => finding).then((chosen) => chosen && act(chosen));
  for await (const finding of examine({ ...pathsOf(connection), connect: () => reached(connection) })) {
    if (!isOpen) return;
    findings.push(finding);
    pick.items = [...findings].sort((a, b) => rank(a) - rank(b)).map(item);
  }
  const bad = findings.filter(({ state }) => state !== 'ok').length;
  pick.busy = false;
  pick.placeholder =
    bad === 0
      ? t('Nothing is wrong.')
      : bad === 1
        ? t('1 thing to look at')
        : t('{0} things to look at', bad);
}

const pathsOf = ({ home, bundle }: WindowConnection): { home: string; bundle: string } => ({ home, bundle });

/** The window's own connection: looking at it is what this is for, so none is made beside it. */
async function reached(connection: WindowConnection): Promise<WindowConnection> {
  const { state, detail } = connection.view;
  if (state === 'connected') return connection;
  const words = detail ?? vscode.l10n.t('There is no connection to the runtime.');
  return Promise.reject(new HoldfastError('runtimeUnreachable', words));
}

const rank = ({ state }: Finding): number => ['wrong', 'warning', 'ok'].indexOf(state);

function item(finding: Finding): FindingItem {
  const { state } = finding;
  const { check, text, help } = findingWords(finding, vscode.l10n.t);
  const action = state === 'ok' ? undefined : actionOf(finding).label;
  const detail = [help, action].filter((part) => part !== undefined).join(' — ');
  return {
    finding,
    label: `$(${ICONS[state]}) ${check}`,
    description: text,
    ...(detail !== '' && { detail }),
    alwaysShow: state !== 'ok',
  };
}

/** What picking a finding does; the text of the rest is worth having in the clipboard. */
function actionOf({ check }: Finding): {
  readonly label: string;
  readonly command?: string;
  readonly argument?: string;
} {
  const { t } = vscode.l10n;
  switch (check) {
    case 'agents':
      return {
        label: t('Opens the settings'),
        command: 'holdfast.openSettings',
        argument: 'holdfast.agents',
      };
    case 'runtime':
    case 'entry':
      return { label: t('Shows the log'), command: 'holdfast.showLog' };
    default:
      return { label: t('Copies this') };
  }
}

async function act(finding: Finding): Promise<void> {
  const { command, argument } = actionOf(finding);
  if (finding.state !== 'ok' && command !== undefined)
    await vscode.commands.executeCommand(command, argument);
  else await vscode.env.clipboard.writeText(report([finding]));
}

function report(findings: readonly Finding[]): string {
  return findings
    .map((finding) => {
      const { check, text, help } = findingWords(finding, vscode.l10n.t);
      return `${stateName(finding)}: ${check}: ${text}${help === undefined ? '' : `\n  ${help}`}`;
    })
    .join('\n');
}

function stateName({ state }: Finding): string {
  const { t } = vscode.l10n;
  const names = { ok: t('ok'), warning: t('warning'), wrong: t('wrong') };
  return names[state];
}
