import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { errorText } from '../base/errorText.ts';
import type { Log } from '../client/index.ts';
import { isHoldfastError } from '../protocol/errors.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { causeOf, isWanted, type Cause } from './causes.ts';
import { Gathering } from './gathering.ts';
import { pickSession } from './pickSession.ts';
import { plainText } from './plainText.ts';
import type { Places } from './places.ts';
import type { SessionChange, SessionList } from './sessionList.ts';
import { problemOf } from './sessionLook.ts';
import { readSettings } from './settings.ts';
import type { SystemNotices } from './systemNotices.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Causes remembered, so that none is told twice. */
const REMEMBERED = 1000;
/** Choices of a permission that fit a notification. */
const MOST_CHOICES = 3;
/** What comes so soon after another has one reason, in milliseconds; and as many of one kind are told one by one. */
const GATHER_MS = 300;
const MOST_ALONE = 2;
/** How long a notification waits for the choices of a permission, in milliseconds. */
const CHOICES_MS = 3_000;

const KINDS = ['needsYou', 'failed', 'finished'] as const;

/** What notifications work with. */
export interface NotificationParts {
  readonly connection: Pick<WindowConnection, 'request'>;
  readonly list: SessionList;
  readonly places: Pick<Places, 'isSeen' | 'open'>;
  readonly system: Pick<SystemNotices, 'tell'>;
  readonly log: Log;
}

interface Button extends vscode.MessageItem {
  readonly act: () => unknown;
}

/** A cause that a person is told of, and the session as it was then. */
interface News<C extends Cause = Cause> {
  readonly cause: C;
  readonly summary: Summary;
}

/**
 * Says that a session needs the person, failed or finished, when they cannot see it, with the action in it (U4). The runtime
 * names one window for each cause; only that one speaks. Where many come at once, as when an agent process goes that they
 * share, one notification tells of all. The operating system tells it too where nobody looks at the editor. Owned by `activate`.
 */
export class Notifications implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #parts: NotificationParts;
  readonly #told = new Set<string>();
  readonly #news = this.#owned.add(new Gathering<News>(GATHER_MS, (news) => this.#tell(news)));

  constructor(parts: NotificationParts) {
    this.#parts = parts;
    this.#owned.add(parts.list.onSession((change) => this.#consider(change)));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #consider(change: SessionChange): void {
    const cause = change.notify ? causeOf(change) : undefined;
    if (cause === undefined || this.#told.has(cause.key)) return;
    this.#told.add(cause.key);
    for (const key of this.#told) if (this.#told.size > REMEMBERED) this.#told.delete(key);
    if (!isWanted(cause, change, readSettings().notifications)) return;
    if (!this.#parts.places.isSeen(cause.sessionId)) this.#news.add({ cause, summary: change.summary });
  }

  #tell(news: readonly News[]): void {
    for (const kind of KINDS) {
      const unseen = news.filter(
        ({ cause }) => cause.kind === kind && !this.#parts.places.isSeen(cause.sessionId),
      );
      const sessionIds = new Set(unseen.map(({ cause }) => cause.sessionId));
      const telling =
        sessionIds.size > MOST_ALONE
          ? [this.#tellMany(kind, sessionIds)]
          : unseen.map((each) => this.#tellOne(each));
      for (const each of telling)
        each.catch((error: unknown) => this.#parts.log(`telling that sessions ${kind}: ${errorText(error)}`));
    }
  }

  async #tellMany(kind: Cause['kind'], sessionIds: ReadonlySet<SessionId>): Promise<void> {
    const show: Button = { title: vscode.l10n.t('Show Them…'), act: () => this.#pick(kind, sessionIds) };
    const words = manyWords(kind, sessionIds.size);
    void this.#parts.system.tell(words);
    await say(kind, words, [show, settingsButton()]);
  }

  async #tellOne({ cause, summary }: News): Promise<void> {
    const { t } = vscode.l10n;
    const open: Button = {
      title: t('Open'),
      act: () => vscode.commands.executeCommand('holdfast.openSession', cause.sessionId),
    };
    const title = plainText(summary.title);
    const { system } = this.#parts;
    if (cause.kind !== 'needsYou') {
      // Why it failed may be long, and stays in the editor.
      void system.tell(endWords(cause.kind, summary.title));
      const words = endWords(cause.kind, title, problemOf(summary, t));
      return say(cause.kind, words, [open, settingsButton()]);
    }
    const choices = await this.#choices(cause);
    if (choices === undefined) return undefined;
    void system.tell(t('“{0}” needs you: {1}', summary.title, cause.what));
    return say('needsYou', t('“{0}” needs you: {1}', title, plainText(cause.what)), [...choices, open]);
  }

  /**
   * The answers of a simple permission, or the way to answer anything else, also what cannot be asked about now; `undefined`
   * when it is settled already.
   */
  async #choices({
    sessionId,
    interactionId,
  }: Extract<Cause, { readonly kind: 'needsYou' }>): Promise<Button[] | undefined> {
    const answer = (title: string, ...optionId: readonly string[]): Button => ({
      title,
      act: () => vscode.commands.executeCommand('holdfast.answer', sessionId, interactionId, ...optionId),
    });
    const { connection, log } = this.#parts;
    try {
      const { head } = await connection.request('session/get', { sessionId }, { timeoutMs: CHOICES_MS });
      const open = head.interactions.find((each) => each.interactionId === interactionId);
      if (open === undefined) return undefined;
      const { interaction } = open;
      if (interaction.kind === 'permission' && interaction.options.length <= MOST_CHOICES)
        return interaction.options.map(({ optionId, name }) => answer(plainText(name), optionId));
    } catch (error) {
      if (isHoldfastError(error, 'sessionNotFound')) return undefined;
      log(`what a session asks could not be read: ${errorText(error)}`);
    }
    return [answer(vscode.l10n.t('Answer…'))];
  }

  /** Lets the person go through the sessions that were told of. */
  async #pick(kind: Cause['kind'], sessionIds: ReadonlySet<SessionId>): Promise<void> {
    const { list, places } = this.#parts;
    const picked = await pickSession(list, {
      title: manyWords(kind, sessionIds.size),
      only: ({ sessionId }) => sessionIds.has(sessionId),
    });
    if (picked !== undefined && picked !== 'new') await places.open(picked.sessionId);
  }
}

/** Shows a notification, and does what is pressed in it. */
async function say(kind: Cause['kind'], words: string, buttons: readonly Button[]): Promise<void> {
  const { showWarningMessage, showErrorMessage, showInformationMessage } = vscode.window;
  const show = { needsYou: showWarningMessage, failed: showErrorMessage, finished: showInformationMessage };
  const chosen = await show[kind](words, ...buttons);
  await chosen?.act();
}

/** The way to say of what to hear. */
function settingsButton(): Button {
  const query = '@ext:holdfast.holdfast notifications';
  return {
    title: vscode.l10n.t('Settings…'),
    act: () => vscode.commands.executeCommand('workbench.action.openSettings', query),
  };
}

function manyWords(kind: Cause['kind'], count: number): string {
  const { t } = vscode.l10n;
  switch (kind) {
    case 'needsYou':
      return t('{0} sessions need you', count);
    case 'failed':
      return t('{0} sessions failed', count);
    case 'finished':
      return t('{0} sessions have finished', count);
  }
}

function endWords(kind: 'failed' | 'finished', title: string, problem?: string): string {
  const { t } = vscode.l10n;
  if (kind === 'finished') return t('“{0}” has finished.', title);
  return problem === undefined
    ? t('“{0}” failed.', title)
    : t('“{0}” failed: {1}', title, plainText(problem));
}
