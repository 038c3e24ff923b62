import * as vscode from 'vscode';
import type { ConnectionView } from '../protocol/page.ts';
import type { Counts } from './sessionOrder.ts';
import { statusText } from './statusText.ts';
import { waysOf, type ConnectionWay } from './statusWays.ts';

const NOTHING: Counts = { working: 0, needsYou: 0, failed: 0 };

/** Says where the connection stands and offers what helps; does what is picked (U8). */
export async function offerConnectionWays(view: ConnectionView): Promise<void> {
  const { tooltip } = statusText(NOTHING, view, Date.now(), vscode.l10n.t);
  const items = waysOf(view).map((way) => {
    const { icon, label, command } = lookOf(way);
    return { label: `$(${icon}) ${label}`, command };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Connection to the Holdfast Runtime'),
    placeHolder: tooltip,
  });
  if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
}

function lookOf(way: ConnectionWay): {
  readonly icon: string;
  readonly label: string;
  readonly command: string;
} {
  const { t } = vscode.l10n;
  switch (way) {
    case 'retry':
      return { icon: 'refresh', label: t('Retry Now'), command: 'holdfast.retryConnection' };
    case 'restart':
      return { icon: 'debug-restart', label: t('Restart Runtime'), command: 'holdfast.restartRuntime' };
    case 'doctor':
      return { icon: 'pulse', label: t('Find Out What Is Wrong'), command: 'holdfast.doctor' };
    case 'log':
      return { icon: 'output', label: t('Show Log'), command: 'holdfast.showLog' };
    case 'trust':
      return {
        icon: 'workspace-untrusted',
        label: t('Manage Workspace Trust'),
        command: 'workbench.trust.manage',
      };
    case 'runtime':
      return { icon: 'server-process', label: t('Show Runtime'), command: 'holdfast.showRuntime' };
  }
}
