import * as vscode from 'vscode';
import type { Named } from './choosing.ts';
import type { CommandParts, CommandTable } from './commands.ts';

/** Commands that take sessions out into files and in again (J7); what they are made of is loaded when one is used. */
export function transferCommands({ connection, list, places, choosing }: CommandParts): CommandTable {
  const { t } = vscode.l10n;
  return {
    'holdfast.exportSession': async (named?: Named, given?: unknown) => {
      const sessionId = await choosing.one(named, { title: t('Export Session') });
      if (sessionId === undefined) return;
      const { exportSession } = await import('./exportSession.ts');
      const title = list.get(sessionId)?.title ?? '';
      await exportSession(connection, { sessionId, title }, given instanceof vscode.Uri ? given : undefined);
    },

    'holdfast.importSession': async (given?: unknown) => {
      const { importSession } = await import('./importSession.ts');
      const sessionId = await importSession(connection, given instanceof vscode.Uri ? given : undefined);
      if (sessionId !== undefined) await places.open(sessionId);
    },
  };
}
