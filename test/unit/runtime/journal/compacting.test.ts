import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applies, type Envelope, type EventOf, type KnownEvent } from '../../../../src/protocol/events.ts';
import { emptyState, foldState, inOrder, type SessionState } from '../../../../src/protocol/fold.ts';
import type { CommandRunId, ToolCallId, TurnId } from '../../../../src/protocol/ids.ts';
import { ClientFeed, type FeedOutlet } from '../../../../src/runtime/feed.ts';
import { QUIET_MS } from '../../../../src/runtime/journal/compactor.ts';
import type { Journal } from '../../../../src/runtime/journal/journal.ts';
import { eventsOf, steps, type Step } from '../../protocol/transcripts.ts';
import {
  ALL,
  beside,
  chunk,
  id,
  messageStarted,
  note,
  open,
  started,
  stored,
  Turnstile,
  turnEnded,
  turnStarted,
  temporaryFile,
} from './temporary.ts';

const a = id('a');
const t = 't' as TurnId;

/** A state as data: rows in order, and nothing that JSON would not carry. */
const data = ({ head, items }: SessionState): unknown =>
  JSON.parse(JSON.stringify({ head, items: inOrder(items.values()) }));

/** Applies what the journal gives after a cursor as a client does, by law 1; fails on a gap. */
function caughtUp(
  journal: Journal,
  state: SessionState,
  cursor: number,
): { state: SessionState; seq: number } {
  let seq = cursor;
  for (const envelope of stored(journal, a, cursor)) {
    assert.ok(
      applies(envelope, seq),
      `a gap: ${seq} is followed by ${envelope.from ?? envelope.seq}…${envelope.seq}`,
    );
    state = foldState(state, [envelope]);
    seq = envelope.seq;
  }
  return { state, seq };
}

/** Every cursor of a session, with the state a client has there; checks that all lead to the same end. */
function cursors(journal: Journal) {
  const before = stored(journal, a);
  const states = [emptyState];
  for (const envelope of before) states.push(foldState(states.at(-1) ?? emptyState, [envelope]));
  const last = states.at(-1) ?? emptyState;
  const check = (now = journal, every = 1): void => {
    for (const [cursor, state] of states.entries()) {
      if (cursor % every !== 0) continue;
      const end = caughtUp(now, state, cursor);
      assert.equal(end.seq, before.length);
      assert.deepEqual(data(end.state), data(last), `from cursor ${cursor}`);
    }
  };
  return { before, last, check };
}

/** Writes events with the turn they belong to, and ends the turn that is left. */
function write(
  journal: Journal,
  events: readonly KnownEvent[],
  at: (index: number) => number = (index) => index,
): void {
  const log = journal.create(a);
  for (const [index, event] of events.entries()) {
    const turnId = event.type === 'turn.started' ? event.turnId : log.head?.turn?.turnId;
    log.append({ event, at: at(index), turnId });
  }
  const left = log.head?.turn?.turnId;
  if (left !== undefined) log.append({ event: turnEnded(left), at: at(events.length), turnId: left });
}

/** How far clocks are ahead, event by event: mostly not at all, now and then so far that a later event seems earlier. */
const jumps = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
  { minLength: 70, maxLength: 70 },
);

/** Lets the journal be quiet until all is compacted. */
function settle(pass: (ms: number) => void): void {
  pass(QUIET_MS);
  for (let slice = 0; slice < 50; slice++) pass(100);
  pass(QUIET_MS);
  for (let slice = 0; slice < 50; slice++) pass(100);
}

test('every cursor converges to the same state, compacted or not (law 1, J1)', async (context) => {
  let replaced = 0;
  await fc.assert(
    fc.asyncProperty(steps, jumps, async (given, times) => {
      await context.test('a session', (inner) => {
        const { journal, tick, pass } = open(inner);
        // Turns that are long enough to be worth it: one runs from the beginning on, and each step is taken some times.
        const first: Step[] = [
          { what: 'turn', which: 0, text: '' },
          { what: 'chunk', which: 0, text: 'first words' },
        ];
        const events = eventsOf(
          [...first, ...given].flatMap((step) => Array.from({ length: 6 }, () => step)),
        );
        write(journal, events, (index) => index * 3 + (times[index % times.length] ?? 0));
        tick();
        const { before, check } = cursors(journal);
        settle(pass);
        check();
        replaced += before.length - stored(journal, a).length;
        journal.release(a);
        const rows = journal.items(a, { limit: 1000 });
        assert.deepEqual(
          JSON.parse(JSON.stringify(rows.items)),
          (data(cursors(journal).last) as { items: unknown }).items,
        );
      });
    }),
    { numRuns: 40 },
  );
  assert.ok(replaced > 0, 'something was compacted');
});

/** A turn in which everything is said in many pieces. */
function longTurn(pieces: number): KnownEvent[] {
  const tool = 'tool' as ToolCallId;
  const run = 'run' as CommandRunId;
  const many = (make: (n: number) => KnownEvent): KnownEvent[] =>
    Array.from({ length: pieces }, (_, n) => make(n));
  return [
    started(),
    turnStarted(t),
    messageStarted('m'),
    ...many((n) => chunk('m', `piece ${n} `)),
    { type: 'toolCall.started', toolCallId: tool, title: 'Look' },
    ...many((n) => ({
      type: 'toolCall.updated',
      toolCallId: tool,
      status: 'in_progress',
      rawOutput: `line ${n}`,
    })),
    { type: 'usage.updated', usedTokens: 5 },
    ...many((n) => ({ type: 'toolCall.updated', toolCallId: tool, rawOutput: `more ${n}` })),
    { type: 'toolCall.ended', toolCallId: tool, status: 'completed' },
    { type: 'commandRun.started', commandRunId: run, command: 'make', cwd: '/' },
    ...many((n) => ({
      type: 'commandRun.output',
      commandRunId: run,
      stream: n % 7 === 0 ? 'stderr' : 'stdout',
      text: `out ${n}\n`,
    })),
    { type: 'commandRun.ended', commandRunId: run, exitCode: 2, signal: null },
    ...many((n) => chunk('m', `afterthought ${n} `)),
    note('the last word'),
  ];
}

test('a settled turn becomes a few envelopes that set, each with the place of its span (law 1)', (context) => {
  const { journal, tick, pass } = open(context);
  write(journal, longTurn(50), (index) => 100 + index);
  tick();
  const { check } = cursors(journal);
  const weigh = () => [...journal.weigh(a)].reduce((sum, bytes) => sum + bytes, 0);
  const bytes = weigh();
  settle(pass);
  const after = stored(journal, a);
  assert.deepEqual(
    after.map(({ from, seq, at, turnId, event }) => [event.type, from ?? seq, seq, at, turnId]),
    [
      ['session.started', 1, 1, 100, undefined],
      ['turn.started', 2, 2, 101, t],
      ['message.completed', 3, 53, 102, t],
      ['toolCall.started', 54, 104, 153, t],
      ['usage.updated', 105, 105, 204, t],
      ['toolCall.ended', 106, 156, 205, t],
      ['commandRun.ended', 157, 208, 256, t],
      ['message.completed', 209, 258, 308, t],
      ['notice', 259, 259, 358, t],
      ['turn.ended', 260, 260, 359, t],
    ],
  );
  check();
  assert.ok(weigh() < bytes / 2);
});

test('between any two slices, and after a crash there, every cursor converges (law 1, J4)', (context) => {
  const turnstile = new Turnstile();
  // Each look at the clock takes longer than a slice may: one step at a time.
  let spent = 0;
  const clock = { ...turnstile.clock, monotonic: () => turnstile.clock.monotonic() + (spent += 10) };
  const first = open(context, { clock, schedule: turnstile.schedule });
  write(first.journal, longTurn(60));
  turnstile.tick();
  const { check, before } = cursors(first.journal);
  turnstile.pass(QUIET_MS);
  const lengths = new Set<number>();
  let journal = first.journal;
  for (let slice = 0; slice < 100; slice++) {
    check(journal, 7);
    lengths.add(stored(journal, a).length);
    if (slice === 9) {
      // What a killed runtime leaves is what is in the file: another one goes on from there.
      journal.close();
      ({ journal } = open(context, { file: first.file, clock, schedule: turnstile.schedule }));
      turnstile.pass(QUIET_MS);
    } else turnstile.pass(100);
  }
  check(journal);
  assert.ok(lengths.size > 8, 'it came in many slices');
  assert.equal(stored(journal, a).length, 10);
  assert.ok(before.length > 300);
});

test('a page that has not loaded a row gets none from a span that began before it (law 5)', (context) => {
  const { journal, tick, pass } = open(context);
  write(journal, longTurn(50));
  tick();
  const all = stored(journal, a);
  settle(pass);
  // It came as far as the middle of the first message, and loaded no row; and to right before the afterthought.
  for (const cursor of [30, 208]) {
    const { head } = foldState(emptyState, all.slice(0, cursor));
    const bare: SessionState = { head, items: new Map() };
    const rows = inOrder(caughtUp(journal, bare, cursor).state.items.values());
    assert.ok(
      rows.every(({ position }) => position > cursor),
      `${rows.map(({ itemId }) => itemId).join()} after ${cursor}`,
    );
  }
});

test('a feed that stands inside a span is given the envelope that stands for it, once (law 6)', async (context) => {
  const { journal, tick, pass } = open(context);
  write(journal, longTurn(50));
  tick();
  settle(pass);
  for (const [cursor, from] of [
    [2, 3],
    [30, 3],
    [52, 3],
    [53, 54],
  ] as const) {
    const sent: Envelope[] = [];
    const send: FeedOutlet['send'] = (texts) => {
      for (const text of texts) sent.push(JSON.parse(text) as Envelope);
    };
    const feed = new ClientFeed(journal, 1e6, { send, onUnreadable: assert.fail });
    feed.attach(a, cursor);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([sent[0]?.from, sent.at(-1)?.seq], [from, 260]);
    feed.close();
  }
});

test('a session that cannot be compacted keeps none behind it, and is tried again (J4)', (context) => {
  const { journal, tick, pass, file } = open(context);
  const names = ['damaged', 'whole'];
  for (const name of names) {
    const log = journal.create(id(name));
    for (const event of [...longTurn(20), turnEnded(t)]) log.append({ event, at: 1, turnId: t });
    tick();
  }
  const database = beside(context, file);
  database.exec(`CREATE TRIGGER damaged BEFORE UPDATE ON envelope WHEN OLD.session = 1
    BEGIN SELECT RAISE(ABORT, 'it cannot be read'); END`);
  const lengths = (): number[] => names.map((name) => stored(journal, id(name)).length);
  const [length = 0] = lengths();
  for (let time = 0; time < 4; time++) settle(pass);
  const [left, compacted = length] = lengths();
  assert.ok(left === length && compacted < length / 2, `${left} and ${compacted} of ${length}`);
  database.exec('DROP TRIGGER damaged');
  for (let time = 0; time < 4; time++) settle(pass);
  assert.deepEqual(lengths(), [compacted, compacted]);
});

test('only a quiet session whose turn has ended is compacted', (context) => {
  const { journal, tick, pass } = open(context);
  const events = longTurn(20);
  const log = journal.create(a);
  for (const event of events) log.append({ event, at: 1, turnId: t });
  tick();
  const length = events.length;
  settle(pass);
  assert.equal(stored(journal, a).length, length, 'the turn still runs');
  log.append({ event: turnEnded(t), at: 1, turnId: t });
  for (let n = 0; n < 5; n++) {
    tick();
    pass(QUIET_MS - 1);
    assert.equal(stored(journal, a).length, length + 1 + n, 'something still happens in it');
    log.append({ event: note('still here'), at: 1 });
  }
  tick();
  settle(pass);
  assert.ok(stored(journal, a).length < length / 2);
});

test('output that a row keeps only the ends of stays whole in a blob (law 7)', (context) => {
  const { journal, tick, pass } = open(context);
  const run = 'run' as CommandRunId;
  const lines = Array.from({ length: 6000 }, (_, n) => `line ${n} of what a long command printed\n`);
  write(journal, [
    started(),
    turnStarted(t),
    { type: 'commandRun.started', commandRunId: run, command: 'make', cwd: '/' },
    ...lines.map((text): KnownEvent => ({
      type: 'commandRun.output',
      commandRunId: run,
      stream: 'stdout',
      text,
    })),
    { type: 'commandRun.ended', commandRunId: run, exitCode: 0, signal: null },
  ]);
  tick();
  const { check } = cursors(journal);
  settle(pass);
  check(journal, 1500);
  const end = stored(journal, a).find(({ event }) => event.type === 'commandRun.ended');
  assert.deepEqual([end?.from, end?.seq], [3, 6004]);
  const { outputBlob } = (end?.event ?? assert.fail('it has no end')) as EventOf<'commandRun.ended'>;
  assert.ok(journal.holdsBlob(a, outputBlob?.sha256 ?? ''));
  assert.ok(
    Buffer.from(journal.readBlob(outputBlob?.sha256 ?? '')?.bytes ?? []).toString() === lines.join(''),
  );
});

test('a row that was damaged is no part of a span, and costs nobody theirs (S4)', (context) => {
  const file = temporaryFile(context);
  const first = open(context, { file });
  write(first.journal, longTurn(50));
  first.journal.close();
  beside(context, file).exec(`UPDATE envelope SET body = 'x' WHERE seq = 20`);
  const { journal, pass } = open(context, { file });
  const { check } = cursors(journal);
  settle(pass);
  check();
  // The pieces before it stay: nothing tells the time of what comes next.
  const left = journal.read(a, 0, ALL).length;
  assert.ok(left < 40, `${left} envelopes are left`);
});

test('a session that is deleted while it is compacted leaves nothing (J7)', (context) => {
  const turnstile = new Turnstile();
  let spent = 0;
  const clock = { ...turnstile.clock, monotonic: () => turnstile.clock.monotonic() + (spent += 10) };
  const { journal, file } = open(context, { clock, schedule: turnstile.schedule });
  write(journal, longTurn(60));
  turnstile.tick();
  turnstile.pass(QUIET_MS);
  turnstile.pass(100);
  journal.delete(a);
  for (let slice = 0; slice < 100; slice++) turnstile.pass(100);
  const count = (table: string) =>
    beside(context, file).prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'];
  assert.deepEqual(['session', 'envelope', 'item', 'blob', 'blob_ref'].map(count), [0, 0, 0, 0, 0]);
});
