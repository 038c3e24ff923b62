import * as vscode from 'vscode';
import type { Named } from './choosing.ts';
import type { CommandParts, CommandTable } from './commands.ts';
import { searchSessions } from './searchSessions.ts';

/** Commands to find and to read what sessions have said (J6, J7). */
export function readingCommands({
  connection,
  hosts,
  places,
  choosing,
  transcripts,
}: CommandParts): CommandTable {
  const { t } = vscode.l10n;
  return {
    'holdfast.searchSessions': async (query?: unknown) => {
      const hit = await searchSessions({ connection, hosts }, typeof query === 'string' ? query : '');
      if (hit !== undefined) await places.openAt(hit);
    },

    'holdfast.openTranscript': async (named?: Named) => {
      const sessionId = await choosing.one(named, { title: t('Open Transcript as Document') });
      if (sessionId !== undefined) await transcripts.show(sessionId);
    },
  };
}
