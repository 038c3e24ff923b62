import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { Clock } from '../../../../src/base/clock.ts';
import { toDisposable } from '../../../../src/base/disposable.ts';
import type { Envelope, KnownEvent } from '../../../../src/protocol/events.ts';
import type { MessageId, SessionId, TurnId } from '../../../../src/protocol/ids.ts';
import type { Journal } from '../../../../src/runtime/journal/journal.ts';
import { openJournal, type JournalOptions } from '../../../../src/runtime/journal/openJournal.ts';

const cleanups = new WeakMap<TestContext, (() => unknown)[]>();

/** Runs what a test must leave behind it in reverse order: a folder goes after the files in it were closed. */
export function afterwards(context: TestContext, action: () => unknown): void {
  const known = cleanups.get(context);
  known?.push(action);
  if (known !== undefined) return;
  const actions = [action];
  cleanups.set(context, actions);
  context.after(async () => {
    for (const next of actions.toReversed()) await next();
  });
}

/** A path for a journal, in a folder of its own that goes with the test. */
export function temporaryFile(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-journal-'));
  afterwards(context, () => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'journal.db');
}

/** Time and ticks that move only when a test says so. */
export class Turnstile {
  #now = 1_000_000;
  #ticks: (() => void)[] = [];
  #timers: { readonly at: number; readonly action: () => void }[] = [];

  readonly schedule = (action: () => void): void => void this.#ticks.push(action);

  readonly clock: Clock = {
    now: () => this.#now,
    monotonic: () => this.#now,
    after: (ms, action) => {
      const timer = { at: this.#now + ms, action };
      this.#timers.push(timer);
      return toDisposable(() => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      });
    },
  };

  /** Runs what was scheduled, and what that schedules, until nothing is. */
  tick(): void {
    for (let next = this.#ticks.shift(); next !== undefined; next = this.#ticks.shift()) next();
  }

  /** Lets time pass and runs what was due in it. */
  pass(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter((timer) => timer.at <= this.#now);
    this.#timers = this.#timers.filter((timer) => timer.at > this.#now);
    for (const { action } of due) action();
  }
}

/** An open journal with what a test needs to drive and watch it. */
export interface Opened {
  readonly journal: Journal;
  readonly notices: readonly string[];
  readonly file: string;
  /** All that was told of, batch by batch. */
  readonly batches: (readonly Envelope[])[];
  readonly tick: () => void;
  readonly pass: (ms: number) => void;
}

/** Opens a journal whose ticks the test makes. It is closed after the test, if it still is open. */
export function open(context: TestContext, options: Partial<JournalOptions> = {}): Opened {
  const file = options.file ?? temporaryFile(context);
  const turnstile = new Turnstile();
  const { clock, schedule } = turnstile;
  const { journal, notices } = openJournal({ clock, schedule, indexAfterMs: null, ...options, file });
  afterwards(context, () => journal.close());
  const batches: (readonly Envelope[])[] = [];
  journal.onCommitted((batch) => batches.push(batch));
  return { journal, notices, file, batches, tick: () => turnstile.tick(), pass: (ms) => turnstile.pass(ms) };
}

/** A second connection to the same file, closed after the test. */
export function beside(context: TestContext, file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  afterwards(context, () => {
    if (database.isOpen) database.close();
  });
  return database;
}

export const id = (name: string): SessionId => name as SessionId;

/** The first event of a session. */
export function started(more: { title?: string; cwd?: string; agent?: string } = {}): KnownEvent {
  const { title, cwd = '/work', agent = 'shell' } = more;
  const record = { id: agent, name: agent, kind: agent === 'shell' ? ('shell' as const) : ('acp' as const) };
  return { type: 'session.started', agent: record, cwd, ...(title === undefined ? {} : { title }) };
}

export const note = (text: string): KnownEvent => ({ type: 'notice', level: 'info', text });

export const turnStarted = (turn: string): KnownEvent => ({
  type: 'turn.started',
  turnId: turn as TurnId,
  kind: 'prompt',
  origin: 'person',
});

export const turnEnded = (turn: string): KnownEvent => ({
  type: 'turn.ended',
  turnId: turn as TurnId,
  outcome: 'completed',
});

export const messageStarted = (message: string, text = ''): KnownEvent => ({
  type: 'message.started',
  messageId: message as MessageId,
  role: 'agent',
  content: text === '' ? [] : [{ type: 'text', text }],
});

export const chunk = (message: string, text: string): KnownEvent => ({
  type: 'message.appended',
  messageId: message as MessageId,
  content: { type: 'text', text },
});

export const ALL = { maxEvents: 100_000, maxBytes: Infinity };

/** The envelopes that the journal gives of a session, parsed. */
export function stored(journal: Journal, session: SessionId, after = 0): Envelope[] {
  return journal.read(session, after, ALL).map(({ json }) => JSON.parse(json) as Envelope);
}
