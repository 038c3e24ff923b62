import * as vscode from 'vscode';
import { isHoldfastError } from '../protocol/errors.ts';
import type { InteractionId, SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { agentCommands } from './agentCommands.ts';
import { answerInteraction } from './answer.ts';
import type { Archiving } from './archiving.ts';
import { askAndDo } from './askAndDo.ts';
import { idOf, meansSelection, type Choosing, type Named } from './choosing.ts';
import type { LiveSessions } from './liveSessions.ts';
import { isLostRow } from './lostRow.ts';
import { newSession, type NewSessionOptions } from './newSession.ts';
import { LEFT, pickSession } from './pickSession.ts';
import type { Places } from './places.ts';
import { remoteCommands } from './remoteCommands.ts';
import type { RemoteHosts } from './remoteHosts.ts';
import { runtimeCommands } from './runtimeCommands.ts';
import type { RuntimeDocument } from './runtimeDocument.ts';
import { sessionCommands } from './sessionCommands.ts';
import type { SessionList } from './sessionList.ts';
import { queueCommands } from './queueCommands.ts';
import { readingCommands } from './readingCommands.ts';
import { sendCommands } from './sendToSession.ts';
import { shownCommands } from './shownCommands.ts';
import { terminalCommands, type SessionTerminals } from './openTerminal.ts';
import type { SessionTree } from './sessionTree.ts';
import type { SignInValues } from './signInValues.ts';
import type { TranscriptDocument } from './transcriptDocument.ts';
import { tellError } from './tellError.ts';
import { transferCommands } from './transferCommands.ts';
import { treeCommands } from './treeCommands.ts';
import type { WindowConnection } from './windowConnection.ts';

/** What commands work with. */
export interface CommandParts {
  readonly connection: WindowConnection;
  readonly hosts: RemoteHosts;
  readonly memory: vscode.Memento;
  readonly list: SessionList;
  readonly live: LiveSessions;
  readonly places: Places;
  readonly tree: SessionTree;
  readonly choosing: Choosing;
  readonly archiving: Archiving;
  readonly runtimeDocument: RuntimeDocument;
  readonly transcripts: TranscriptDocument;
  readonly terminals: SessionTerminals;
  readonly output: vscode.LogOutputChannel;
  readonly values: SignInValues;
}

/** Begins a session and shows it; `undefined` when the person changed their mind. */
export interface Begins {
  readonly begin: (options?: NewSessionOptions) => Promise<SessionId | undefined>;
}

/** Registers every command (ARCHITECTURE.md). A failure is said in the words of its error. */
export function registerCommands(parts: CommandParts): vscode.Disposable[] {
  const begin = async (options: NewSessionOptions = {}): Promise<SessionId | undefined> => {
    const sessionId = await newSession(parts, options);
    if (sessionId !== undefined) await parts.places.open(sessionId);
    return sessionId;
  };
  const table = {
    ...commandTable({ ...parts, begin }),
    ...sessionCommands(parts),
    ...shownCommands(parts),
    ...treeCommands(parts),
    ...queueCommands(parts),
    ...readingCommands(parts),
    ...terminalCommands(parts),
    ...transferCommands(parts),
    ...sendCommands({ ...parts, begin }),
    ...agentCommands({ ...parts, begin }),
    ...runtimeCommands(parts),
    ...remoteCommands(parts),
  };
  return Object.entries(table).map(([name, run]) =>
    vscode.commands.registerCommand(name, async (...given: unknown[]) => {
      // Without its row a command would mean the session in front.
      if (isLostRow(name, given)) {
        void vscode.window.showInformationMessage(vscode.l10n.t('The list just changed. Please try again.'));
        return undefined;
      }
      try {
        return await run(...(given as never[]));
      } catch (error) {
        if (!isHoldfastError(error, 'aborted')) tellError(error);
        return undefined;
      }
    }),
  );
}

/** Commands by their ids; what they are given is whatever menus, keys and other extensions pass. */
export type CommandTable = Readonly<Record<string, (...given: never[]) => unknown>>;

/** The commands of this file by their ids. */
export function commandTable(parts: CommandParts & Begins): CommandTable {
  const { connection, list, places, choosing, tree, begin } = parts;
  const { t } = vscode.l10n;

  return {
    'holdfast.newSession': (options?: unknown) => begin(optionsOf(options)),

    'holdfast.openSession': async (named?: Named) => {
      const id = idOf(named) ?? (await choosing.entered(named));
      if (id !== undefined || meansSelection(named)) return id && places.open(id);
      const picked = await pickSession(list, { title: t('Open Session') });
      if (picked !== undefined && picked !== 'new') return places.open(picked.sessionId);
      return undefined;
    },

    // A row of the tree: the first click shows the session, the next one goes there.
    'holdfast.showSession': (named?: Named) => {
      const sessionId = idOf(named);
      if (sessionId === undefined) return undefined;
      tree.pressed(sessionId);
      const isByKey = choosing.takeKey();
      return places.open(sessionId, { focus: places.isSeen(sessionId) && !isByKey });
    },

    'holdfast.openInEditor': async (named?: Named) => {
      const sessionId = await choosing.one(named, { title: t('Open Session in Editor') });
      if (sessionId !== undefined) places.panels.open(sessionId);
    },

    'holdfast.switchSession': async () => {
      const picked = await pickSession(list, { title: t('Holdfast Sessions'), withNew: true });
      if (picked === 'new') await begin();
      else if (picked !== undefined) await places.open(picked.sessionId);
    },

    'holdfast.runCommand': async (named?: Named, given?: unknown) => {
      const sessionId = await choosing.one(named, { title: t('Run Command in Session') });
      if (sessionId === undefined) return;
      const asked = {
        title: t('Run Command in Session'),
        prompt: t('A shell command'),
        placeHolder: 'npm test',
      };
      const run = async (command: string): Promise<true> => {
        await connection.request('session/command', { sessionId, command });
        return true;
      };
      const taken = await (typeof given === 'string'
        ? given.trim() !== '' && run(given)
        : askAndDo(asked, run));
      // Not part of what is tried again: a command that was taken would run twice where its session cannot be shown.
      if (taken === true) await places.open(sessionId);
    },

    'holdfast.answer': async (named?: Named, given?: unknown, optionId?: unknown) => {
      const needsYou = ({ needs }: Summary): boolean => needs.length > 0;
      const [first, ...others] = list.sorted().filter(needsYou);
      const sessionId =
        idOf(named) ??
        (others.length === 0 && first !== undefined
          ? first.sessionId
          : await choosing.one(named, { title: t('Answer'), only: needsYou }));
      if (sessionId === undefined) return undefined;
      const result = await answerInteraction(connection, sessionId, {
        // A menu of the tree passes its selection there.
        interactionId: typeof given === 'string' ? (given as InteractionId) : undefined,
        optionId: typeof optionId === 'string' ? optionId : undefined,
      });
      if (result === 'nothingOpen')
        void vscode.window.showInformationMessage(t('Nothing waits for an answer there any more.'));
      if (result === 'openPage') await places.open(sessionId);
      return result === 'openPage' || result === 'dismissed' ? LEFT : undefined;
    },
  };
}

/** Menus pass things of their own to a command; only what is meant as options counts. */
function optionsOf(given: unknown): NewSessionOptions {
  if (typeof given !== 'object' || given === null) return {};
  const { agent, cwd, host } = given as Record<string, unknown>;
  return {
    host: typeof host === 'string' ? host : undefined,
    agent: typeof agent === 'string' ? agent : undefined,
    cwd: typeof cwd === 'string' ? cwd : undefined,
  };
}
