import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Summary } from '../protocol/summary.ts';
import { Pace } from './pace.ts';
import { Picker } from './picker.ts';
import { plainText } from './plainText.ts';
import { groupName, groupSessions } from './sessionGroups.ts';
import { TellingApart, toldApart, type Apart } from './sameTitle.ts';
import { descriptionOf, lookOf } from './sessionLook.ts';
import type { SessionList } from './sessionList.ts';

/** How often the rows change at most, in milliseconds. */
const PACE_MS = 200;
/** Rows that a digit leads to. */
const NUMBERED = 9;
/** How long typing rests before the runtime is asked for sessions that are not known here. */
const TYPING_MS = 150;

interface Item extends vscode.QuickPickItem {
  readonly summary?: Summary;
}

/**
 * What a command gives that was led away from where it was started: to a page, or to what a person opened instead of what it asked,
 * which the editor tells from Escape to nobody.
 */
export const LEFT = 'left';

/** What a person chose: a session, or to begin a new one. */
export type Picked = { readonly sessionId: SessionId } | 'new';

interface Button extends vscode.QuickInputButton {
  readonly command: string;
}

const button = (command: string, icon: string, tooltip: string): Button => ({
  command,
  iconPath: new vscode.ThemeIcon(icon),
  tooltip,
});

/** How a picker differs from another. */
export interface PickOptions {
  readonly title: string;
  readonly withNew?: boolean;
  readonly only?: (summary: Summary) => boolean;
}

/** Where a person was in a picker: what was typed, and the row. */
interface Place {
  readonly value: string;
  readonly active: SessionId | undefined;
}

/** A button was pressed whose command asks something where the picker was. */
interface Asked {
  readonly place: Place;
  readonly command: string;
}

/** The commands of buttons that ask something. */
const ASKING: ReadonlySet<string> = new Set(['holdfast.answer', 'holdfast.renameSession']);

/**
 * Lets a person pick a session, searching by title, agent and folder; it stays current while it is open. Buttons cancel and
 * archive without closing it; to answer and to rename, the editor asks in its place, and it comes back as it was once that is done
 * (U2), unless none is left to be picked. Alt with a digit picks a row at once. `undefined` when it was dismissed, or what it asked
 * was, or a page was opened to answer there.
 */
export async function pickSession(list: SessionList, options: PickOptions): Promise<Picked | undefined> {
  for (let place: Place = { value: '', active: undefined }; ;) {
    const picked = await pickOnce(list, options, place);
    if (typeof picked !== 'object' || 'sessionId' in picked) return picked;
    ({ place } = picked);
    if ((await vscode.commands.executeCommand(picked.command, place.active)) === LEFT) return undefined;
    if (options.only !== undefined && !list.sorted().some(options.only)) return undefined;
  }
}

async function pickOnce(
  list: SessionList,
  options: PickOptions,
  place: Place,
): Promise<Picked | Asked | undefined> {
  const picker = new Picker<Item, Picked | Asked>({
    title: options.title,
    placeholder: vscode.l10n.t('Search sessions by title, agent or folder'),
  });
  const { pick, owned } = picker;
  const keyOf = ({ summary }: Item): SessionId | undefined => summary?.sessionId;
  pick.value = place.value;
  let searching = place.value !== '';
  const telling = new TellingApart();
  const paint = (): void => {
    const items = itemsOf(list, options, { searching, telling });
    // The last one was answered, or is known to be by now.
    if (items.length === 0 && pick.items.length > 0) picker.finish(undefined);
    else picker.paint(items, keyOf);
  };
  const pace = owned.add(new Pace(PACE_MS, paint));
  pace.ask();
  const active = pick.items.find((item) => place.active !== undefined && keyOf(item) === place.active);
  if (active !== undefined) pick.activeItems = [active];
  owned.add(list.onChange(() => pace.ask()));
  owned.add(
    pick.onDidChangeValue((value) => {
      if (searching === (value !== '')) return;
      searching = value !== '';
      pace.ask();
    }),
  );
  // Sessions that the list does not hold yet are found in the runtime.
  picker.whenTypingRests(TYPING_MS, (value) => void list.find(value).catch(() => undefined));
  owned.add(
    pick.onDidTriggerItemButton(({ button: pressed, item: { summary } }) => {
      if (summary === undefined) return;
      const { command } = pressed as Button;
      const active = summary.sessionId;
      if (ASKING.has(command)) picker.finish({ command, place: { value: pick.value, active } });
      else void vscode.commands.executeCommand(command, active);
    }),
  );
  await owned.add(
    offerNumbers((number) => {
      const item = numbered(pick.items)[number - 1];
      if (item !== undefined) picker.finish(pickedOf(item));
    }),
  ).offered;
  return picker.shown(pickedOf);
}

function pickedOf(item: Item | undefined): Picked | undefined {
  if (item === undefined) return undefined;
  return item.summary === undefined ? 'new' : { sessionId: item.summary.sessionId };
}

/** The picker that is open, for the keys that lead to its rows. */
let numbers: ((number: number) => void) | undefined;

/**
 * Lets keys pick rows while a picker is open: the last one that opened. The editor knows of the keys once `offered`: a picker
 * that is shown before loses the first.
 */
function offerNumbers(take: (number: number) => void): Disposable & { readonly offered: Thenable<unknown> } {
  numbers = take;
  return {
    offered: vscode.commands.executeCommand('setContext', 'holdfast.picking', true),
    dispose() {
      if (numbers !== take) return;
      numbers = undefined;
      void vscode.commands.executeCommand('setContext', 'holdfast.picking', false);
    },
  };
}

/** Picks a row of the picker that is open, 1 being the first. */
export function pickNumber(number: unknown): void {
  if (typeof number === 'number') numbers?.(number);
}

/** What the key that leads to a row is called on this machine. */
function keyName(number: number): string {
  return process.platform === 'darwin' ? `⌥${number}` : vscode.l10n.t('Alt+{0}', number);
}

/** The rows that digits lead to, in their order. */
function numbered(items: readonly Item[]): Item[] {
  return items.filter(({ summary }) => summary !== undefined).slice(0, NUMBERED);
}

function itemsOf(
  list: SessionList,
  { withNew = false, only = () => true }: PickOptions,
  { searching, telling }: { readonly searching: boolean; readonly telling: TellingApart },
): Item[] {
  const own: Summary[] = [];
  const far = new Map<string, Item[]>();
  const offered = list.sorted().filter(only);
  const apart = telling.of(offered);
  const here = foldersHere();
  const looks = ({ sessionId, cwd }: Summary) => ({
    apart: apart.get(sessionId),
    withFolder: searching || !here.has(cwd),
  });
  for (const summary of offered) {
    const host = list.hostOf(summary.sessionId);
    if (host === undefined) own.push(summary);
    else {
      const there = far.get(host) ?? [];
      far.set(host, there);
      there.push(itemOf(summary, { ...looks(summary), host }));
    }
  }
  const groups = groupSessions(own, Date.now());
  const sessions = groups.flatMap(({ id, sessions: members }) => [
    { label: groupName(id, vscode.l10n.t), kind: vscode.QuickPickItemKind.Separator },
    ...members.map((summary) => itemOf(summary, looks(summary))),
  ]);
  const all: Item[] = [
    ...sessions,
    ...[...far].flatMap(([host, members]) => [
      { label: plainText(host), kind: vscode.QuickPickItemKind.Separator },
      ...members,
    ]),
  ];
  for (const [at, item] of numbered(all).entries())
    item.description = [item.description, keyName(at + 1)].filter(Boolean).join('  ');
  if (!withNew) return all;
  // Last: Enter is the quickest way to what needs the person, and after a search means what was found.
  return [
    ...all,
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: vscode.l10n.t('$(add) New session…'), alwaysShow: true },
  ];
}

function itemOf(
  summary: Summary,
  {
    host,
    apart,
    withFolder,
  }: { readonly host?: string; readonly apart: Apart | undefined; readonly withFolder: boolean },
): Item {
  const { t } = vscode.l10n;
  const { icon } = lookOf(summary, t);
  const busy = summary.phase === 'running' || summary.phase === 'waiting';
  return {
    summary,
    label: `$(${icon}) ${plainText(summary.title)}`,
    description: plainText(
      toldApart(descriptionOf(summary, Date.now(), t), apart, { t, language: vscode.env.language }),
    ),
    ...(host !== undefined
      ? { detail: `$(remote) ${plainText(host)}  ${plainText(summary.cwd)}` }
      : withFolder
        ? { detail: summary.cwd }
        : {}),
    buttons: [
      ...(summary.needs.length > 0 ? [button('holdfast.answer', 'bell', t('Answer'))] : []),
      ...(busy ? [button('holdfast.cancelTurn', 'debug-stop', t('Cancel Turn'))] : []),
      button('holdfast.renameSession', 'edit', t('Rename')),
      ...(summary.archived
        ? [button('holdfast.unarchiveSession', 'inbox', t('Unarchive'))]
        : busy
          ? []
          : [button('holdfast.archiveSession', 'archive', t('Archive'))]),
    ],
  };
}

/** The window's own folders, which need not be named but to be found. */
function foldersHere(): ReadonlySet<string> {
  return new Set(vscode.workspace.workspaceFolders?.map(({ uri }) => uri.fsPath));
}
