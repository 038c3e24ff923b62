import * as vscode from 'vscode';
import { isHoldfastError } from '../protocol/errors.ts';
import type { ProcessId } from '../protocol/ids.ts';
import { idOf, type Named } from './choosing.ts';
import type { CommandParts, CommandTable } from './commands.ts';
import { offerConnectionWays } from './connectionWays.ts';
import { openSettings } from './openSettings.ts';
import { restartRuntime } from './restartRuntime.ts';
import { stopProcess } from './stopProcess.ts';

/** Commands about the runtime, its agent processes and the connection to it (P7, U8). */
export function runtimeCommands(parts: CommandParts): CommandTable {
  const { connection, runtimeDocument, output } = parts;
  const { t } = vscode.l10n;

  return {
    'holdfast.showRuntime': () => runtimeDocument.show(),
    'holdfast.showConnection': () => offerConnectionWays(connection.view),
    'holdfast.restartRuntime': () => restartRuntime(connection),
    'holdfast.retryConnection': (named?: Named) => {
      const host = connection.hostOf(idOf(named));
      if (host === undefined) connection.retryNow();
      else host.retry();
    },
    'holdfast.showLog': () => output.show(),
    'holdfast.openSettings': (key?: unknown) => openSettings(typeof key === 'string' ? key : undefined),
    'holdfast.doctor': async () => (await import('./doctor.ts')).showDoctor(connection),

    'holdfast.stopProcess': async (node?: { readonly processId?: ProcessId }) => {
      const processId = node?.processId ?? (await pickProcess(parts));
      if (processId !== undefined) await stopProcess(connection, processId);
    },

    'holdfast.stopIdleAgents': async () => {
      const { processes } = await connection.request('runtime/status', {});
      let stopped = 0;
      for (const { processId, pid } of processes) {
        // The Shell is in the runtime's own process: to stop it frees nothing, and ends what its sessions left in the background.
        if (pid === null) continue;
        try {
          await connection.request('runtime/stopProcess', { processId });
          stopped++;
        } catch (error) {
          // What works goes on, and what went by itself need not be stopped.
          if (!isHoldfastError(error, 'sessionBusy') && !isHoldfastError(error, 'processNotFound'))
            throw error;
        }
      }
      void vscode.window.showInformationMessage(
        stopped === 0
          ? t('No agent process was idle: none was stopped.')
          : stopped === 1
            ? t('1 agent process was stopped.')
            : t('{0} agent processes were stopped.', stopped),
      );
    },

    'holdfast.copyDiagnostics': async () => {
      const text = await runtimeDocument.provideTextDocumentContent();
      const extension = vscode.extensions.getExtension('holdfast.holdfast')?.packageJSON as
        | { readonly version?: string }
        | undefined;
      const about = [
        `- Holdfast ${extension?.version ?? '?'}, ${vscode.env.appName} ${vscode.version}`,
        `- ${process.platform} ${process.arch}, Node ${process.version}, remote: ${vscode.env.remoteName ?? 'none'}`,
      ];
      await vscode.env.clipboard.writeText(`${about.join('\n')}\n\n${text}`);
      void vscode.window.setStatusBarMessage(t('$(check) The diagnostics are in the clipboard'), 3_000);
    },
  };
}

async function pickProcess({ connection }: CommandParts): Promise<ProcessId | undefined> {
  const { processes } = await connection.request('runtime/status', {});
  const items = processes.map(({ processId, agent, pid, sessions }) => ({
    processId,
    label: agent,
    description: [pid, vscode.l10n.t('{0} sessions', sessions.length)].filter(Boolean).join(' · '),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('The agent process to stop'),
  });
  return picked?.processId;
}
