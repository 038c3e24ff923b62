import { hostname } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorText } from '../base/errorText.ts';
import { homeLayout } from '../protocol/homeLayout.ts';
import { Archiving } from './archiving.ts';
import { Attended } from './attended.ts';
import type { ChatParts } from './chatPage.ts';
import { Choosing } from './choosing.ts';
import { registerCommands } from './commands.ts';
import { resolveHome } from '../client/home.ts';
import { ContextKeys } from './contextKeys.ts';
import { DraftImages } from './draftImages.ts';
import { Deliveries } from './deliveries.ts';
import { registerFixAction } from './fixAction.ts';
import { lastKnownHere } from './lastKnown.ts';
import { LiveSessions } from './liveSessions.ts';
import { logTo } from './log.ts';
import { Notifications } from './notifications.ts';
import { SessionTerminals } from './openTerminal.ts';
import { Places } from './places.ts';
import { Reading } from './reading.ts';
import { RuntimeDocument } from './runtimeDocument.ts';
import { RuntimeTree } from './runtimeTree.ts';
import { EverySession } from './everySession.ts';
import { RemoteHosts } from './remoteHosts.ts';
import { RuntimeSessions } from './sessionList.ts';
import { registerSessionLinks } from './sessionLinks.ts';
import { SessionTree } from './sessionTree.ts';
import { readSettings, remoteSetting, SettingsReport } from './settings.ts';
import { ComposerAsks } from './composerAsks.ts';
import { ShownTexts } from './shownTexts.ts';
import { SignInValues } from './signInValues.ts';
import { StatusFacts } from './statusFacts.ts';
import { SystemNotices } from './systemNotices.ts';
import { StatusPicker } from './statusPicker.ts';
import { TranscriptDocument } from './transcriptDocument.ts';
import { offerUnkept } from './unkept.ts';
import { UnsentDrafts } from './unsentDrafts.ts';
import { watchRemotes } from './watchRemotes.ts';
import { watchSettings } from './watchSettings.ts';
import { WindowConnection } from './windowConnection.ts';
import { WindowFocus } from './windowFocus.ts';

let connection: WindowConnection | undefined;

/** Called by VS Code, once a window. Only wiring: makes the parts, hands each what it needs, owns them all. */
export function activate(context: vscode.ExtensionContext): void {
  const owned = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const output = owned(vscode.window.createOutputChannel('Holdfast', { log: true }));
  const log = logTo(output);
  const bundle = context.asAbsolutePath('dist/runtime.mjs');
  const home = resolveHome({ home: readSettings().home });
  const hosts = owned(
    new RemoteHosts({
      home,
      memory: context.workspaceState,
      secrets: context.secrets,
      clientName: vscode.env.appName,
      log,
      isOwn: (sessionId): boolean => own.get(sessionId) !== undefined,
      t: vscode.l10n.t,
    }),
  );
  const window = (connection = owned(new WindowConnection({ bundle, output, log, hosts })));
  const own = owned(
    new RuntimeSessions({
      connection: window,
      lastKnown: lastKnownHere({
        ...{ everywhere: context.globalState, window: context.workspaceState },
        owner: `${hostname()}:${home}`,
      }),
      log,
    }),
  );
  const list = owned(new EverySession({ own, hosts }));
  const live = owned(new LiveSessions(window));
  const deliveries = new Deliveries();
  const chat: ChatParts = {
    extensionUri: context.extensionUri,
    connection: window,
    list,
    live,
    texts: owned(new ShownTexts(window)),
    asks: owned(new ComposerAsks({ connection: window, list })),
    images: new DraftImages(context.storageUri?.fsPath, log),
    log,
    attended: new Attended(),
    deliveries,
    unsent: new UnsentDrafts({
      memory: context.workspaceState,
      deliveries,
      letGo: ({ sessionId, text }) => void offerUnkept(list.get(sessionId)?.title, text),
    }),
  };
  const places = owned(new Places(chat, context.workspaceState));
  const runtimeDocument = owned(new RuntimeDocument(window));
  const transcripts = owned(new TranscriptDocument(window));

  const terminals = owned(new SessionTerminals(context.asAbsolutePath('dist/cli.js')));
  const facts = new StatusFacts(window, log);
  const archiving = owned(new Archiving({ connection: window, list }));
  const tree = owned(
    new SessionTree({
      list,
      own,
      hosts,
      places,
      archiving,
      connection: window,
      facts,
      log,
      memory: context.workspaceState,
    }),
  );
  owned(new RuntimeTree({ connection: window, list: own, facts }));
  const choosing = new Choosing({ list, places, tree });
  owned(new StatusPicker({ list, connection: window }));
  owned(new Notifications({ connection: window, list, places, system: new SystemNotices(log), log }));
  owned(new WindowFocus({ connection: window, places }));
  owned(new Reading({ connection: window, list, places, log }));
  owned(new ContextKeys({ connection: window, list, places }));
  context.subscriptions.push(
    ...registerCommands({
      ...{
        connection: window,
        hosts,
        memory: context.globalState,
        list,
        live,
        places,
        tree,
        choosing,
        archiving,
        runtimeDocument,
        transcripts,
        terminals,
        output,
      },
      values: owned(new SignInValues({ secrets: context.secrets, connection: window, list: own, log })),
    }),
  );

  owned(registerFixAction());
  owned(registerSessionLinks());

  const report = new SettingsReport();
  owned(
    window.onView(
      ({ state }) =>
        state === 'connected' &&
        report.reportAgents(window.hello?.agentProblems ?? [], join(home, homeLayout.agents)),
    ),
  );
  const followRemotes = (): void => {
    if (vscode.workspace.isTrusted) void hosts.follow(remoteSetting());
  };
  owned(watchSettings({ connection: window, report, followRemotes }));
  owned(
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      window.becomeTrusted();
      followRemotes();
    }),
  );
  followRemotes();
  owned(watchRemotes({ connection: window, hosts, follow: followRemotes, report }));
  window.start().then(
    () => report.report(),
    (error: unknown) => log(`what talks to the runtime could not be loaded: ${errorText(error)}`),
  );
}

/** Called by VS Code when the window closes or the extension goes. The runtime is told; its sessions go on. */
export async function deactivate(): Promise<void> {
  await connection?.stop();
  connection = undefined;
}
