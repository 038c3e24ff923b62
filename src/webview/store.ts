import { batch, signal, type Signal } from '@preact/signals';
import { applies, type Envelope } from '../protocol/events.ts';
import { foldHead, type Head } from '../protocol/head.ts';
import type { ItemId, SessionId, TurnId } from '../protocol/ids.ts';
import { inOrder } from '../protocol/fold.ts';
import { foldItem, itemIdOf, type Item } from '../protocol/items.ts';
import type { ConnectionView, ToPage } from '../protocol/page.ts';
import type { Summary } from '../protocol/summary.ts';
import { announcementOf } from './announce.ts';
import { earlierWords } from './earlierWords.ts';
import type { Host } from './host.ts';
import { nestedRuns } from './nestedRuns.ts';
import { rowHeight } from './rowHeight.ts';
import { beginSection, continues, keepSections, sectionsOf, toldBy, type Section } from './sections.ts';
import { t } from './words.ts';

/** Rows asked for at once when a person scrolls up. */
const PAGE_ROWS = 60;
/** Rows of a snapshot that are shown at once; of a longer one, those before its end are built when there is time. */
const ROWS_AT_ONCE = 300;
/** Sentences in the live region: more that come at once are not spoken. */
const ANNOUNCED = 5;
/** How many screens of a snapshot, from its end, are built at once. */
const SCREENS_AT_ONCE = 1.2;

/**
 * What the page shows, as signals: each row has its own, so that one changed row renders alone. Fed by `receive`,
 * applies envelopes by law 1 and folds row by row; owned by `main.tsx`.
 */
export class PageStore {
  readonly view = signal<'loading' | 'none' | 'session'>('loading');
  readonly sessionId = signal<SessionId | undefined>(undefined);
  /** As of the last event that changed something to look at: `seq` and `updatedAt` may be behind. */
  readonly head = signal<Head | undefined>(undefined);
  readonly sections = signal<readonly Section[]>([]);
  /** Whether there are rows before the first one loaded. */
  readonly more = signal(false);
  readonly loadingEarlier = signal(false);
  /** Why those could not be loaded the last time they were asked for, in words. */
  readonly earlierProblem = signal<string | undefined>(undefined);
  readonly connection = signal<ConnectionView>({ state: 'starting' });
  readonly recent = signal<readonly Summary[]>([]);
  /** Why the session that was asked for cannot be shown. */
  readonly missing = signal<string | undefined>(undefined);
  /** Whether that is a deletion that can still be undone. */
  readonly canUndo = signal(false);
  /** Rows that another one shows inside of itself. */
  readonly nested = signal<ReadonlySet<ItemId>>(new Set());
  /** The first row that came while the person was away, after those that were seen. */
  readonly newFrom = signal<ItemId | undefined>(undefined);
  /** A row that is to be built wherever it stands, because something leads there. */
  readonly revealed = signal<ItemId | undefined>(undefined);
  /** The last sentences for the live region, each of them new: the same one may be said again. */
  readonly announcements = signal<readonly { readonly key: number; readonly text: string }[]>([]);

  readonly #host: Host;
  readonly #rows = new Map<ItemId, Signal<Item>>();
  readonly #seenTurns = new Set<TurnId>();
  /** What `head` is made of: it moves with every event. */
  #head: Head | undefined;
  readonly #rowOf = (itemId: ItemId): Item | undefined => this.#rows.get(itemId)?.peek();
  #seq = 0;
  #loading: { readonly of: number; readonly done: Promise<void> } | undefined;
  /** Counts what was shown: rows that were asked for before belong to none that came after. */
  #shown = 0;
  #lastAnnouncement = 0;
  #lastPosition = 0;
  /** Where the rows that are built at once begin. */
  #endsAt = 0;
  /** Where the rows begin that are built when there is time, up to those that are built at once. */
  #waitsFrom = Infinity;
  #resyncing = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The signal of one loaded row. */
  row(itemId: ItemId): Signal<Item> | undefined {
    return this.#rows.get(itemId);
  }

  /** The rows that are loaded, in order. */
  items(): readonly Item[] {
    return inOrder([...this.#rows.values()].map((row) => row.peek()));
  }

  /** Whether a row belongs to the end of the transcript, which is shown first. */
  atEnd(itemId: ItemId | undefined): boolean {
    const item = itemId === undefined ? undefined : this.#rowOf(itemId);
    return item !== undefined && item.position >= this.#endsAt;
  }

  /** Whether a row is one of very many that came together, and has time until it is looked at. */
  canWait(itemId: ItemId | undefined): boolean {
    const item = itemId === undefined ? undefined : this.#rowOf(itemId);
    return item !== undefined && item.position >= this.#waitsFrom && item.position < this.#endsAt;
  }

  /** How high rows are going to be together, about, in pixels; those of turns stand for what frames their sections. */
  heightOf(rows: readonly ItemId[]): number {
    const items = rows.map(this.#rowOf).filter((item) => item !== undefined);
    return items.reduce((sum, item) => sum + rowHeight(item, window.innerWidth), 0);
  }

  /** Takes one message of the extension. */
  receive(message: ToPage): void {
    batch(() => {
      switch (message.type) {
        case 'snapshot':
          return this.#show(message);
        case 'events':
          return message.sessionId === this.sessionId.value ? this.#apply(message.envelopes) : undefined;
        case 'none':
          return this.#showNone(message);
        case 'connection':
          this.connection.value = message.connection;
          return undefined;
        case 'response':
          return this.#host.settle(message);
        case 'focus':
          return undefined;
        default:
          return undefined;
      }
    });
  }

  /**
   * Loads the rows before the first one, if there are any; while that is under way, it is waited for. Rejects with
   * `RequestFailed`, and `earlierProblem` says why.
   */
  loadEarlier(limit = PAGE_ROWS): Promise<void> {
    const sessionId = this.sessionId.value;
    if (sessionId === undefined || !this.more.value) return Promise.resolve();
    if (this.#loading?.of === this.#shown) return this.#loading.done;
    this.loadingEarlier.value = true;
    this.earlierProblem.value = undefined;
    const loading = {
      of: this.#shown,
      done: this.#loadEarlier(sessionId, limit)
        .catch((error: unknown) => {
          if (this.#loading === loading) this.earlierProblem.value = earlierWords(error, t);
          throw error;
        })
        .finally(() => {
          if (this.#loading !== loading) return;
          this.#loading = undefined;
          this.loadingEarlier.value = false;
        }),
    };
    this.#loading = loading;
    return loading.done;
  }

  async #loadEarlier(sessionId: SessionId, limit: number): Promise<void> {
    const shown = this.#shown;
    const before = this.firstPosition;
    const place = before === undefined ? {} : { before };
    const earlier = await this.#host.request('session/history', sessionId, { ...place, limit });
    if (shown !== this.#shown) return;
    batch(() => {
      for (const item of earlier.items) this.#take(item);
      this.more.value = earlier.more;
      this.#arrange();
    });
  }

  /** The place of the first row loaded. */
  get firstPosition(): number | undefined {
    const first = this.sections.peek()[0]?.rows[0];
    return first === undefined ? undefined : this.#rowOf(first)?.position;
  }

  #show(snapshot: Extract<ToPage, { type: 'snapshot' }>): void {
    // A row that stays keeps its signal: who shows it is subscribed to that one.
    const before = this.sessionId.value === snapshot.sessionId ? new Map(this.#rows) : undefined;
    const seen = before === undefined ? this.#host.seen.of(snapshot.sessionId) : this.#seq;
    this.#clear();
    for (const item of snapshot.items) {
      const row = before?.get(item.itemId) ?? signal<Item>(item);
      row.value = item;
      this.#rows.set(item.itemId, row);
    }
    this.#seq = snapshot.seq;
    this.#endsAt = lastScreen(snapshot.items);
    const long = snapshot.items.length > ROWS_AT_ONCE;
    this.#waitsFrom = long ? (snapshot.items[0]?.position ?? Infinity) : Infinity;
    this.sessionId.value = snapshot.sessionId;
    this.#head = this.head.value = snapshot.head;
    this.more.value = snapshot.more;
    this.missing.value = undefined;
    this.canUndo.value = false;
    this.view.value = 'session';
    this.#arrange();
    this.newFrom.value = this.#firstAfter(seen);
    this.#host.seen.saw(snapshot.sessionId, snapshot.seq);
    this.#host.remember(snapshot.sessionId);
  }

  /** The first row drawn that is newer than what was seen, if there is something older before it. */
  #firstAfter(seen: number): ItemId | undefined {
    const items = this.sections
      .peek()
      .flatMap(({ rows }) => rows.map(this.#rowOf))
      .filter((item) => item !== undefined);
    const nested = this.nested.peek();
    const at = items.findIndex(
      ({ itemId, position, kind }) => position > seen && kind !== 'turn' && !nested.has(itemId),
    );
    return seen > 0 && at > 0 ? items[at]?.itemId : undefined;
  }

  #showNone({ recent, missing, canUndo = false }: Extract<ToPage, { type: 'none' }>): void {
    this.#clear();
    this.sessionId.value = undefined;
    this.#head = this.head.value = undefined;
    this.recent.value = recent;
    this.missing.value = missing;
    this.canUndo.value = canUndo;
    this.view.value = 'none';
    // One that cannot be shown now may be there again after a reload.
    if (missing === undefined) this.#host.remember(undefined);
  }

  #clear(): void {
    this.#shown++;
    this.#loading = undefined;
    this.loadingEarlier.value = false;
    this.earlierProblem.value = undefined;
    this.#rows.clear();
    this.nested.value = new Set();
    this.newFrom.value = undefined;
    this.#seenTurns.clear();
    this.#seq = 0;
    this.#lastPosition = 0;
    this.#resyncing = false;
    this.sections.value = [];
    this.more.value = false;
    this.announcements.value = [];
  }

  #apply(envelopes: readonly Envelope[]): void {
    let head = this.#head;
    for (const envelope of envelopes) {
      if (!applies(envelope, this.#seq)) {
        if (envelope.seq > this.#seq) this.#resync();
        continue;
      }
      const cursor = this.#seq;
      this.#seq = envelope.seq;
      this.announce(announcementOf(envelope, head));
      head = foldHead(head, envelope);
      this.#fold(envelope, cursor);
    }
    this.#head = head;
    if (!looksSame(this.head.value, head)) this.head.value = head;
    if (head !== undefined && document.visibilityState === 'visible')
      this.#host.seen.saw(head.sessionId, this.#seq);
  }

  /** Says a sentence in the live region. */
  announce(text: string | undefined): void {
    if (text === undefined) return;
    const key = ++this.#lastAnnouncement;
    this.announcements.value = [...this.announcements.value, { key, text }].slice(-ANNOUNCED);
  }

  /** A gap can only mean that messages were lost on the way here: the extension sends everything anew, once. */
  #resync(): void {
    if (this.#resyncing) return;
    this.#resyncing = true;
    this.#host.post({ type: 'ready' });
  }

  #fold(envelope: Envelope, cursor: number): void {
    const itemId = itemIdOf(envelope);
    if (itemId === undefined) return;
    const row = this.#rows.get(itemId);
    const item = foldItem(row?.value, envelope, cursor);
    if (item === undefined) return;
    this.#nest(item);
    if (row !== undefined) {
      row.value = item;
      return;
    }
    this.#rows.set(itemId, signal(item));
    if (item.position > this.#lastPosition) this.#append(item);
    else this.#arrange();
  }

  /** A row that was loaded from history; what live events already said of it is newer and stays. */
  #take(item: Item): void {
    const row = this.#rows.get(item.itemId);
    if (row === undefined) this.#rows.set(item.itemId, signal(item));
    else if (item.seq > row.value.seq) row.value = item;
  }

  #nest(item: Item): void {
    const runs = nestedRuns(item).filter((run) => !this.nested.peek().has(run));
    if (runs.length > 0) this.nested.value = new Set([...this.nested.peek(), ...runs]);
  }

  #append(item: Item): void {
    this.#lastPosition = item.position;
    const sections = this.sections.value;
    const last = sections.at(-1);
    const told = toldBy(sections, item, this.#rowOf);
    if (told !== undefined) {
      const repeat = item.itemId;
      this.sections.value = sections.map((each) => (each === told ? { ...told, repeat } : each));
      return;
    }
    this.sections.value =
      last !== undefined && continues(last, item, this.#rowOf)
        ? [...sections.slice(0, -1), { ...last, rows: [...last.rows, item.itemId] }]
        : [...sections, beginSection(item, this.#seenTurns)];
    if (item.turnId !== undefined) this.#seenTurns.add(item.turnId);
  }

  #arrange(): void {
    const items = inOrder([...this.#rows.values()].map((row) => row.value));
    for (const { turnId } of items) if (turnId !== undefined) this.#seenTurns.add(turnId);
    this.nested.value = new Set(items.flatMap(nestedRuns));
    this.#lastPosition = items.at(-1)?.position ?? 0;
    this.sections.value = keepSections(sectionsOf(items, this.#rowOf), this.sections.peek());
  }
}

/** Whether two heads differ in nothing that is shown: each chunk of a stream moves the rest. */
function looksSame(one: Head | undefined, other: Head | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const names = Object.keys({ ...one, ...other }) as (keyof Head)[];
  return names.every((name) => name === 'seq' || name === 'updatedAt' || one[name] === other[name]);
}

/** Where the rows begin that fill a screen from the end. */
function lastScreen(items: readonly Item[]): number {
  let room = window.innerHeight * SCREENS_AT_ONCE;
  let at = items.length - 1;
  while (at > 0 && (room -= rowHeight(items[at] as Item, window.innerWidth)) > 0) at--;
  return items[at]?.position ?? 0;
}
