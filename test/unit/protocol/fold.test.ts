import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applies, type Envelope } from '../../../src/protocol/events.ts';
import { emptyState, foldState, inOrder, type SessionState } from '../../../src/protocol/fold.ts';
import type { ContentBlock } from '../../../src/protocol/content.ts';
import type { MessageId, TurnId } from '../../../src/protocol/ids.ts';
import type { MessageItem, ToolCallItem } from '../../../src/protocol/items.ts';
import { eventsOf, inPlace, steps, transcripts } from './transcripts.ts';

/** A state as data: rows in order, and nothing that JSON would not carry. */
const data = ({ head, items }: SessionState): unknown =>
  JSON.parse(JSON.stringify({ head, items: inOrder(items.values()) }));

const cut = (envelopes: readonly Envelope[], part: number): number => Math.floor(envelopes.length * part);

const part = fc.double({ min: 0, max: 1, noNaN: true });

test('folding a beginning and then the rest is folding all of it (law 5)', () => {
  fc.assert(
    fc.property(transcripts, part, (envelopes, where) => {
      const at = cut(envelopes, where);
      const begun = foldState(emptyState, envelopes.slice(0, at));
      assert.deepEqual(data(foldState(begun, envelopes.slice(at))), data(foldState(emptyState, envelopes)));
    }),
  );
});

test('folding leaves the state it began with as it was (law 5)', () => {
  fc.assert(
    fc.property(transcripts, part, (envelopes, where) => {
      const begun = foldState(emptyState, envelopes.slice(0, cut(envelopes, where)));
      const before = structuredClone(begun);
      foldState(begun, envelopes);
      assert.deepEqual(begun, before);
    }),
  );
});

test('a page of rows with the events after it gives the rows that folding everything gives (law 5)', () => {
  fc.assert(
    fc.property(transcripts, part, fc.nat(5), (envelopes, where, limit) => {
      const at = cut(envelopes, where);
      const then = foldState(emptyState, envelopes.slice(0, at));
      const page = inOrder(then.items.values()).slice(-limit || Infinity);
      const loaded = new Map(page.map((item) => [item.itemId, item]));
      const first = page[0]?.position ?? at + 1;
      const onPage = foldState({ head: then.head, items: loaded }, envelopes.slice(at));
      const all = foldState(emptyState, envelopes);
      const expected = new Map([...all.items].filter(([, item]) => item.position >= first));
      assert.deepEqual(data(onPage), data({ head: all.head, items: expected }));
    }),
  );
});

test('an event for a row that is not loaded changes only the head (law 5)', () => {
  const envelopes = inPlace(
    eventsOf([
      { what: 'chunk', which: 0, text: 'a' },
      { what: 'chunk', which: 0, text: 'b' },
    ]),
  );
  const { head } = foldState(emptyState, envelopes.slice(0, 2));
  const after = foldState({ head, items: new Map() }, envelopes.slice(2));
  assert.equal(after.items.size, 0);
  assert.equal(after.head?.seq, 3);
});

test('an envelope that is applied twice changes nothing the second time (J1)', () => {
  fc.assert(
    fc.property(transcripts, (envelopes) => {
      let state = emptyState;
      for (const envelope of envelopes) {
        state = foldState(state, [envelope]);
        assert.deepEqual(foldState(state, [envelope]), state);
      }
    }),
  );
});

test('everything up to a cursor, sent again, changes nothing (J1)', () => {
  fc.assert(
    fc.property(transcripts, part, (envelopes, where) => {
      const state = foldState(emptyState, envelopes);
      assert.deepEqual(foldState(state, envelopes.slice(0, cut(envelopes, where))), state);
    }),
  );
});

test('an event that this build does not know moves only the number (law 5)', () => {
  fc.assert(
    fc.property(transcripts, fc.jsonValue(), (envelopes, body) => {
      const state = foldState(emptyState, envelopes);
      const last = envelopes.at(-1) as Envelope;
      const after = foldState(state, [
        { ...last, seq: last.seq + 1, at: last.at + 1, event: { type: 'unknown', body } },
      ]);
      assert.deepEqual(after, { head: { ...state.head, seq: last.seq + 1 }, items: state.items });
    }),
  );
});

test('state that went through JSON folds on as if it had not (law 5)', () => {
  fc.assert(
    fc.property(transcripts, part, (envelopes, where) => {
      const at = cut(envelopes, where);
      const { head, items } = foldState(emptyState, envelopes.slice(0, at));
      const read = JSON.parse(JSON.stringify({ head, items: [...items] })) as {
        head?: SessionState['head'];
        items: [];
      };
      const again = foldState({ head: read.head, items: new Map(read.items) }, envelopes.slice(at));
      assert.deepEqual(data(again), data(foldState(emptyState, envelopes)));
    }),
  );
});

/** A session with one streamed message in a settled turn, and the same with the message's span compacted (law 1). */
function compacted(before: Envelope[], chunks: readonly string[], finish: readonly ContentBlock[]) {
  const messageId = 'streamed' as MessageId;
  const turnId = 'settled' as TurnId;
  const span = [
    { type: 'message.started' as const, messageId, role: 'agent' as const, content: [] },
    ...chunks.map((text) => ({
      type: 'message.appended' as const,
      messageId,
      content: { type: 'text' as const, text },
    })),
    { type: 'message.completed' as const, messageId, role: 'agent' as const, content: [...finish] },
  ];
  const end = { type: 'turn.ended' as const, turnId, outcome: 'completed' as const };
  const all = inPlace([...before.map(({ event }) => event), ...span, end]);
  const from = before.length + 1;
  const seq = before.length + span.length;
  // A compacted envelope has the time of the span's first event: that is when its row was made.
  const whole = { ...(all[seq - 1] as Envelope), from, at: (all[from - 1] as Envelope).at };
  return { all, short: [...all.slice(0, from - 1), whole, ...all.slice(seq)], from, seq };
}

/** Law 1, as a client does it. */
function receive(state: SessionState, cursor: number, envelopes: readonly Envelope[]): SessionState {
  for (const envelope of envelopes) {
    if (!applies(envelope, cursor)) continue;
    state = foldState(state, [envelope]);
    cursor = envelope.seq;
  }
  return state;
}

test('a compacted span gives the same state from every cursor, inside the span as well (law 1, J1)', () => {
  const texts = fc.array(fc.string({ maxLength: 8 }), { maxLength: 6 });
  fc.assert(
    fc.property(transcripts, texts, fc.boolean(), (before, chunks, isSame) => {
      const finish = isSame ? chunks.join('') : 'what the agent settled on';
      const { all, short } = compacted(before, chunks, [{ type: 'text', text: finish }]);
      const expected = data(foldState(emptyState, all));
      for (let cursor = 0; cursor <= all.length; cursor++) {
        const half = foldState(emptyState, all.slice(0, cursor));
        assert.deepEqual(data(receive(half, cursor, short)), expected, `from cursor ${cursor}`);
      }
    }),
    { numRuns: 60 },
  );
});

test('a compacted tool call gives the same row from every cursor (law 1, J1)', () => {
  const tool = (what: 'tool' | 'toolUpdate' | 'toolEnd') => ({ what, which: 1, text: 'ab' }) as const;
  const all = inPlace(eventsOf([tool('tool'), tool('toolUpdate'), tool('toolEnd')]));
  const [first, started, , ended] = all as [Envelope, Envelope, Envelope, Envelope];
  const row = foldState(emptyState, all).items.values().next().value as ToolCallItem;
  const { toolCallId, status, title, toolKind: kind, rawOutput } = row;
  const event = { type: 'toolCall.ended' as const, toolCallId, status, title, kind, rawOutput };
  const short = [first, { ...ended, from: started.seq, at: started.at, event }];
  for (let cursor = 0; cursor <= all.length; cursor++) {
    const half = foldState(emptyState, all.slice(0, cursor));
    assert.deepEqual(receive(half, cursor, short).items.get(row.itemId), row, `from cursor ${cursor}`);
  }
});

test('rows keep the place of what made them, whatever follows (law 5)', () => {
  fc.assert(
    fc.property(transcripts, (envelopes) => {
      const places = new Map<string, number>();
      let state = emptyState;
      for (const envelope of envelopes) {
        state = foldState(state, [envelope]);
        for (const [id, item] of state.items) {
          assert.equal(item.position, places.get(id) ?? envelope.seq);
          places.set(id, item.position);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('text that is appended joins the text before it, and anything else is a piece of its own', () => {
  const messageId = 'm' as MessageId;
  const image: ContentBlock = { type: 'image', mimeType: 'image/png', data: '' };
  const [start] = eventsOf([]);
  const pieces: ContentBlock[] = [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' },
    image,
    { type: 'text', text: 'c' },
  ];
  const events = pieces.map((content) => ({ type: 'message.appended' as const, messageId, content }));
  const begun = { type: 'message.started' as const, messageId, role: 'agent' as const, content: [] };
  const { items } = foldState(emptyState, inPlace([start as NonNullable<typeof start>, begun, ...events]));
  const row = items.values().next().value as MessageItem;
  assert.deepEqual(row.content, [{ type: 'text', text: 'ab' }, image, { type: 'text', text: 'c' }]);
});

test('steps always make a session that begins with its start', () => {
  fc.assert(fc.property(steps, (given) => assert.equal(eventsOf(given)[0]?.type, 'session.started')));
});
