import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Named } from './choosing.ts';
import type { CommandParts, CommandTable } from './commands.ts';
import { plainText } from './plainText.ts';

/** What a terminal is started with. */
export interface AttachCommand {
  readonly shellPath: string;
  readonly shellArgs: string[];
  readonly env: Record<string, string>;
}

/** The session that a terminal shows. */
export interface SessionTerminal {
  readonly home: string;
  readonly sessionId: SessionId;
  /** Where it is, when that is another machine. */
  readonly remote?: TerminalRemote | undefined;
}

/** A remote host as the terminal's program is told of it: nothing secret stands on its command line. */
export interface TerminalRemote {
  readonly url: string;
  readonly token: string;
  /** A file with the host's certificate. */
  readonly ca?: string | undefined;
}

function remoteEnvironment(remote: TerminalRemote | undefined): Record<string, string> {
  if (remote === undefined) return {};
  return { HOLDFAST_TOKEN: remote.token, ...(remote.ca !== undefined && { NODE_EXTRA_CA_CERTS: remote.ca }) };
}

/**
 * What runs `holdfast attach` with the program that came with the extension, on the Node that the extension itself runs on. No
 * shell stands between, so nothing needs quoting, on Windows either.
 */
export function attachCommand(
  { cli, home, sessionId, remote }: SessionTerminal & { readonly cli: string },
  { execPath, isElectron }: { readonly execPath: string; readonly isElectron: boolean } = {
    execPath: process.execPath,
    isElectron: process.versions['electron'] !== undefined,
  },
): AttachCommand {
  return {
    shellPath: execPath,
    shellArgs: [cli, 'attach', sessionId, ...(remote === undefined ? [] : ['--remote', remote.url])],
    env: {
      HOLDFAST_HOME: home,
      ...remoteEnvironment(remote),
      ...(isElectron && { ELECTRON_RUN_AS_NODE: '1' }),
    },
  };
}

/** Terminals that are attached to sessions: one a session, shown again while it is there. Owned by `activate`. */
export class SessionTerminals implements Disposable {
  readonly #cli: string;
  readonly #terminals = new Map<SessionId, vscode.Terminal>();
  readonly #following: vscode.Disposable;

  /** @param cli The terminal's program that came with this extension. */
  constructor(cli: string) {
    this.#cli = cli;
    this.#following = vscode.window.onDidCloseTerminal((closed) => {
      for (const [sessionId, terminal] of this.#terminals)
        if (terminal === closed) this.#terminals.delete(sessionId);
    });
  }

  /** Shows a session's terminal; leaving it with Ctrl-C does not disturb the session. */
  open({ title, ...session }: SessionTerminal & { readonly title: string }): void {
    const { sessionId } = session;
    const known = this.#terminals.get(sessionId);
    if (known !== undefined) return known.show();
    const terminal = vscode.window.createTerminal({
      ...attachCommand({ cli: this.#cli, ...session }),
      name: plainText(title),
      iconPath: new vscode.ThemeIcon('comment-discussion'),
      isTransient: true,
    });
    this.#terminals.set(sessionId, terminal);
    terminal.show();
  }

  /** Forgets them; they stay. */
  dispose(): void {
    this.#following.dispose();
    this.#terminals.clear();
  }
}

/** The command that opens a session in a terminal. */
export function terminalCommands({ connection, list, choosing, terminals }: CommandParts): CommandTable {
  const { t } = vscode.l10n;
  return {
    'holdfast.openInTerminal': async (named?: Named) => {
      const sessionId = await choosing.one(named, { title: t('Open Session in Terminal') });
      if (sessionId === undefined) return;
      const title = list.get(sessionId)?.title ?? sessionId.slice(0, 8);
      const remote = await connection.hostOf(sessionId)?.forTerminal();
      terminals.open({ home: connection.home, sessionId, title, remote });
    },
  };
}
