import * as vscode from 'vscode';
import { errorText } from '../base/errorText.ts';
import { isHoldfastError } from '../client/index.ts';
import type { InteractionId, SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { answerInteraction } from './answer.ts';
import type { LiveSessions } from './liveSessions.ts';
import { newSession, type NewSessionOptions } from './newSession.ts';
import { pickSession } from './pickSession.ts';
import type { Places } from './places.ts';
import { plainText } from './plainText.ts';
import { restartRuntime } from './restartRuntime.ts';
import type { RuntimeDocument } from './runtimeDocument.ts';
import type { SessionList } from './sessionList.ts';
import type { WindowConnection } from './windowConnection.ts';

/** What commands work with. */
export interface CommandParts {
  readonly connection: WindowConnection;
  readonly list: SessionList;
  readonly live: LiveSessions;
  readonly places: Places;
  readonly runtimeDocument: RuntimeDocument;
  readonly output: vscode.LogOutputChannel;
}

/** A session as menus, trees, pickers and other extensions name it: its id, or something that has one. */
type Named = string | Pick<Summary, 'sessionId'> | undefined;

/** Registers every command (ARCHITECTURE.md). A failure is said in the words of its error. */
export function registerCommands(parts: CommandParts): vscode.Disposable[] {
  return Object.entries(commandTable(parts)).map(([name, run]) =>
    vscode.commands.registerCommand(name, async (...given: unknown[]) => {
      try {
        return await run(...(given as never[]));
      } catch (error) {
        if (!isHoldfastError(error, 'aborted'))
          void vscode.window.showErrorMessage(vscode.l10n.t('Holdfast: {0}', plainText(errorText(error))));
        return undefined;
      }
    }),
  );
}

type Command = (...given: never[]) => unknown;

function commandTable(parts: CommandParts): Record<string, Command> {
  const { connection, list, live, places, runtimeDocument, output } = parts;
  const { t } = vscode.l10n;

  /** The named session, the current one, or the one that is picked. */
  const chosen = async (
    named: Named,
    title: string,
    only?: (summary: Summary) => boolean,
  ): Promise<SessionId | undefined> => {
    const id = idOf(named);
    if (id !== undefined) return id;
    const { current } = places;
    const summary = current === undefined ? undefined : list.get(current);
    if (summary !== undefined && (only === undefined || only(summary))) return summary.sessionId;
    const picked = await pickSession(list, { title, ...(only === undefined ? {} : { only }) });
    return picked === undefined || picked === 'new' ? undefined : picked.sessionId;
  };
  const begin = async (options: NewSessionOptions = {}): Promise<SessionId | undefined> => {
    const sessionId = await newSession({ connection, live }, options);
    if (sessionId !== undefined) await places.open(sessionId);
    return sessionId;
  };

  const archive = async (named: Named, archived: boolean): Promise<void> => {
    const title = archived ? t('Archive Session') : t('Unarchive Session');
    const sessionId = await chosen(named, title, (summary) => summary.archived !== archived);
    if (sessionId !== undefined) await connection.request('session/configure', { sessionId, archived });
  };

  return {
    'holdfast.newSession': (options?: unknown) => begin(optionsOf(options)),

    'holdfast.openSession': async (named?: Named) => {
      const id = idOf(named);
      const picked =
        id === undefined ? await pickSession(list, { title: t('Open Session') }) : { sessionId: id };
      if (picked !== undefined && picked !== 'new') await places.open(picked.sessionId);
    },

    'holdfast.openInEditor': async (named?: Named) => {
      const sessionId = await chosen(named, t('Open Session in Editor'));
      if (sessionId !== undefined) places.panels.open(sessionId);
    },

    'holdfast.switchSession': async () => {
      const picked = await pickSession(list, { title: t('Holdfast Sessions'), withNew: true });
      if (picked === 'new') await begin();
      else if (picked !== undefined) await places.open(picked.sessionId);
    },

    'holdfast.cancelTurn': async (named?: Named) => {
      const sessionId = await chosen(named, t('Cancel Turn'), isBusy);
      if (sessionId !== undefined) await connection.request('session/cancel', { sessionId });
    },

    'holdfast.endSession': async (named?: Named) => {
      const sessionId = await chosen(named, t('End Session'), ({ phase }) => phase !== 'ended');
      if (sessionId !== undefined) await endSession(connection, list.get(sessionId), sessionId);
    },

    'holdfast.renameSession': async (named?: Named, given?: string) => {
      const sessionId = await chosen(named, t('Rename Session'));
      if (sessionId === undefined) return;
      const value = list.get(sessionId)?.title ?? '';
      const title =
        given ??
        (await vscode.window.showInputBox({ title: t('Rename Session'), value, prompt: t('The new title') }));
      if (title !== undefined && title.trim() !== '')
        await connection.request('session/configure', { sessionId, title: title.trim() });
    },

    'holdfast.archiveSession': (named?: Named) => archive(named, true),
    'holdfast.unarchiveSession': (named?: Named) => archive(named, false),

    'holdfast.runCommand': async (named?: Named, given?: string) => {
      const sessionId = await chosen(named, t('Run Command in Session'));
      if (sessionId === undefined) return;
      const command =
        given ??
        (await vscode.window.showInputBox({
          title: t('Run Command in Session'),
          prompt: t('A shell command'),
          placeHolder: 'npm test',
        }));
      if (command === undefined || command.trim() === '') return;
      await connection.request('session/command', { sessionId, command });
      await places.open(sessionId);
    },

    'holdfast.answer': async (named?: Named, interactionId?: InteractionId) => {
      const needsYou = ({ needs }: Summary): boolean => needs.length > 0;
      const only = list.sorted().filter(needsYou);
      const sessionId =
        idOf(named) ??
        (only.length === 1 ? only[0]?.sessionId : await chosen(undefined, t('Answer'), needsYou));
      if (sessionId === undefined) return;
      const result = await answerInteraction(connection, sessionId, interactionId);
      if (result === 'openPage') await places.open(sessionId);
      if (result === 'nothingOpen')
        void vscode.window.showInformationMessage(t('Nothing waits for an answer there any more.'));
    },

    'holdfast.showRuntime': () => runtimeDocument.show(),
    'holdfast.restartRuntime': () => restartRuntime(connection),
    'holdfast.retryConnection': () => connection.retryNow(),
    'holdfast.showLog': () => output.show(),
  };
}

async function endSession(
  connection: WindowConnection,
  summary: Summary | undefined,
  sessionId: SessionId,
): Promise<void> {
  const busy = summary !== undefined && isBusy(summary);
  if (busy) {
    const end = vscode.l10n.t('Cancel and End');
    const words = vscode.l10n.t('“{0}” is working. End it all the same?', plainText(summary.title));
    if ((await vscode.window.showWarningMessage(words, { modal: true }, end)) !== end) return;
  }
  await connection.request('session/end', { sessionId, force: busy });
}

function isBusy({ phase, queued }: Summary): boolean {
  return phase === 'running' || phase === 'waiting' || queued > 0;
}

function idOf(named: Named): SessionId | undefined {
  if (typeof named === 'string' && named !== '') return named as SessionId;
  return typeof named === 'object' && named !== null && typeof named.sessionId === 'string'
    ? named.sessionId
    : undefined;
}

/** Menus pass things of their own to a command; only what is meant as options counts. */
function optionsOf(given: unknown): NewSessionOptions {
  if (typeof given !== 'object' || given === null) return {};
  const { agent, cwd } = given as Record<string, unknown>;
  return {
    agent: typeof agent === 'string' ? agent : undefined,
    cwd: typeof cwd === 'string' ? cwd : undefined,
  };
}
