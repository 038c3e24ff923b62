import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test, type TestContext } from 'node:test';
import { contentText } from '../../../src/protocol/contentText.ts';
import type { EventOf, EventType } from '../../../src/protocol/events.ts';
import type { SessionId, TurnId } from '../../../src/protocol/ids.ts';
import { CANCEL_GRACE_MS } from '../../../src/runtime/turns.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { recover } from '../../../src/runtime/recovery.ts';
import { clockWithManual } from '../../support/manualClock.ts';
import { beside } from './journal/temporary.ts';
import { runtimeInMemory, turns } from './runtimeInMemory.ts';

const sessionId = 's' as SessionId;
const text = (words: string) => [{ type: 'text' as const, text: words }];
const joined = { how: 'joined' } as const;
const began = { how: 'began' } as const;
const refused = { how: 'refused', reason: 'not now' } as const;

/** A session whose agent works on `first`, and can be given more. */
async function setUp(context: TestContext, first: object = {}) {
  const { clock, manual } = clockWithManual(CANCEL_GRACE_MS);
  const memory = await runtimeInMemory(context, { clock, steerable: true });
  const client = await memory.connect();
  await client.request('session/create', { sessionId, cwd: tmpdir() });
  const prompt = (words: string, options: object = {}) =>
    client.request('session/prompt', { sessionId, content: text(words), ...options });
  const running = await prompt('first', first);
  const until = async (what: string, holds: () => boolean): Promise<void> => {
    for (let n = 0; !holds(); n++) {
      assert.ok(n < 100_000, `it did not come to ${what}`);
      await turns(1);
    }
  };
  await until('the first prompt', () => memory.asked.length === 1);
  /** Steers, and gives what the agent has of it. */
  const steer = async (words: string) => {
    const { turnId } = await prompt(words, { mode: 'steer' });
    const has = () => memory.steered.find(({ content }) => contentText(content) === words);
    await until(`the agent having ${words}`, () => has() !== undefined);
    return { turnId, agent: has() ?? assert.fail() };
  };
  const all = <T extends EventType>(type: T): EventOf<T>[] =>
    client.events.flatMap(({ event }) => (event.type === type ? [event as EventOf<T>] : []));
  const head = () => memory.journal.head(sessionId)?.head ?? assert.fail('no head');
  return {
    ...{ ...memory, client, prompt, steer, running, until, all, head, manual, clock },
    queue: (action: object) =>
      client.request('session/queue', { sessionId, action: action as { kind: 'list' } }),
    /** What a person said in a turn, as the journal has it. */
    saidIn: (turnId: TurnId): string[] =>
      client.events.flatMap(({ event, turnId: at }) =>
        event.type === 'message.started' && event.role === 'user' && at === turnId
          ? [contentText(event.content)]
          : [],
      ),
    endOf: (turnId: TurnId) => {
      const ends = all('turn.ended').filter((end) => end.turnId === turnId);
      assert.ok(ends.length < 2, 'a turn ends once');
      return ends[0];
    },
    /** What the agent was sent as prompts of their own. */
    sent: () => memory.asked.map(({ content }) => contentText(content)),
  };
}

test('what the agent began to work on by itself can be neither changed nor put elsewhere, and is a turn as soon as the one before has ended (T2)', async (context) => {
  const { steer, prompt, asked, queue, running, head, saidIn, endOf, until, sent } = await setUp(context);
  const own = await steer('own');
  const other = await prompt('other');
  own.agent.land(began);
  await turns();
  const { turnId } = own;
  for (const action of [
    { kind: 'edit', turnId, content: text('other words') },
    { kind: 'move', turnId },
  ])
    await assert.rejects(queue(action), { kind: 'turnNotFound', message: /is being worked on already/u });
  asked[0]?.end();
  await until('its turn', () => head().turn?.turnId === turnId);
  own.agent.end();
  await until('the next turn', () => head().turn?.turnId === other.turnId);
  await until('its end', () => endOf(turnId) !== undefined);
  assert.deepEqual([endOf(running.turnId)?.outcome, endOf(turnId)?.outcome], ['completed', 'completed']);
  assert.deepEqual(saidIn(turnId), ['own']);
  assert.deepEqual(sent(), ['first', 'other'], 'it was not sent again');
});

test('what the agent began just when the turn was over is not stopped: it is wanted (T2)', async (context) => {
  const { steer, asked, endOf, until } = await setUp(context);
  const own = await steer('own');
  own.agent.land(began);
  asked[0]?.end();
  await until('somebody following', () => own.agent.isFollowed);
  await turns();
  assert.equal(own.agent.stopped, 0);
  own.agent.end();
  await until('its end', () => endOf(own.turnId) !== undefined);
  assert.equal(endOf(own.turnId)?.outcome, 'completed');
});

test('what the agent began is withdrawn at once when it is removed, and nothing is sent until the agent has left it (T2)', async (context) => {
  const { steer, prompt, asked, queue, head, endOf, until, sent } = await setUp(context);
  const own = await steer('own');
  await prompt('next');
  own.agent.land(began);
  own.agent.ignoreCancel();
  await turns();
  await queue({ kind: 'remove', turnId: own.turnId });
  assert.equal(own.agent.stopped, 1);
  assert.equal(endOf(own.turnId)?.outcome, 'cancelled');
  asked[0]?.end();
  await turns(20);
  assert.deepEqual([sent(), head().queue.length], [['first'], 1]);
  own.agent.end({ outcome: 'cancelled' });
  await until('the next prompt', () => sent().includes('next'));
});

test('an agent that does not leave what was taken back is let go of, and what waits is sent to the next one (T2, T4)', async (context) => {
  const { steer, prompt, asked, queue, all, until, sent, manual } = await setUp(context);
  const own = await steer('own');
  await prompt('next');
  own.agent.land(began);
  own.agent.ignoreCancel();
  await turns();
  await queue({ kind: 'remove', turnId: own.turnId });
  asked[0]?.end();
  await turns(20);
  manual.advance(CANCEL_GRACE_MS);
  await until('the next prompt', () => sent().includes('next'));
  assert.match(all('session.detached')[0]?.reason ?? '', /was let go of/u);
  await until('the next agent', () => all('agent.started').length === 2);
});

test('what was removed while it was on its way is stopped when the agent begins it after all, and what comes next waits for that (T2)', async (context) => {
  const { steer, prompt, asked, queue, client, running, endOf, until, sent } = await setUp(context);
  const own = await steer('own');
  await queue({ kind: 'remove', turnId: own.turnId });
  asked[0]?.end();
  await turns();
  await client.request('session/cancel', { sessionId });
  await until('the end of the first', () => endOf(running.turnId) !== undefined);
  const next = await prompt('next');
  await turns(20);
  assert.deepEqual([next.queued, sent()], [true, ['first']]);
  own.agent.ignoreCancel();
  own.agent.land(began);
  await turns(20);
  assert.equal(own.agent.stopped, 1, 'it is asked to stop what it began');
  assert.deepEqual(sent(), ['first']);
  own.agent.end({ outcome: 'cancelled' });
  await until('the next prompt', () => sent().includes('next'));
});

test('what the agent begins by itself goes on in the turn that has something to do afterwards: its commands see all of it (T2, C2)', async (context) => {
  const { steer, asked, running, head, saidIn, endOf, all, until } = await setUp(context, {
    after: [{ command: 'exit 0' }],
  });
  const own = await steer('own');
  asked[0]?.end();
  await turns();
  own.agent.land(began);
  await until('its end', () => endOf(own.turnId) !== undefined);
  assert.deepEqual(endOf(own.turnId)?.joined, running.turnId);
  assert.deepEqual(saidIn(running.turnId), ['first', 'own']);
  await turns(20);
  assert.deepEqual([head().turn?.turnId, all('commandRun.started')], [running.turnId, []]);
  own.agent.end();
  await until('the end of the first', () => endOf(running.turnId) !== undefined);
  assert.equal(endOf(running.turnId)?.outcome, 'completed');
  assert.deepEqual([all('commandRun.ended').length, head().turnCount], [1, 1]);
});

test('of what the agent began by itself, the first is a turn and the others stand in it, which ends when all did (T2)', async (context) => {
  const { steer, asked, saidIn, head, endOf, until, sent } = await setUp(context);
  const [one, two, three] = [await steer('one'), await steer('two'), await steer('three')];
  one.agent.land(began);
  two.agent.land(began);
  await turns();
  asked[0]?.end();
  await until('a turn of the first', () => head().turn?.turnId === one.turnId);
  three.agent.land(began);
  await until('the last one being in it', () => endOf(three.turnId) !== undefined);
  assert.deepEqual(
    [two, three].map(({ turnId }) => endOf(turnId)?.joined),
    [one.turnId, one.turnId],
  );
  assert.deepEqual(saidIn(one.turnId), ['one', 'two', 'three']);
  one.agent.end();
  two.agent.end();
  await turns(20);
  assert.equal(endOf(one.turnId), undefined);
  assert.equal(three.agent.isFollowed, true);
  three.agent.end({ outcome: 'refused' });
  await until('its end', () => endOf(one.turnId) !== undefined);
  assert.deepEqual([endOf(one.turnId)?.outcome, sent()], ['refused', ['first']]);
});

test('cancelling a turn that took in more stops all that the agent works on in it (T2, T3)', async (context) => {
  const { steer, asked, client, head, endOf, until } = await setUp(context);
  const [one, two] = [await steer('one'), await steer('two')];
  one.agent.land(began);
  two.agent.land(began);
  await turns();
  asked[0]?.end();
  await until('a turn of the first', () => head().turn?.turnId === one.turnId);
  await client.request('session/cancel', { sessionId });
  await until('its end', () => endOf(one.turnId) !== undefined);
  assert.equal(endOf(one.turnId)?.outcome, 'cancelled');
  assert.deepEqual([one.agent.stopped > 0, two.agent.stopped > 0], [true, true]);
});

test('what the agent began is a turn also while storage fails: it is stored when that returns (T2, law 9)', async (context) => {
  const { steer, asked, file, all, endOf, until, saidIn, client, running } = await setUp(context);
  const own = await steer('own');
  const database = beside(context, file);
  database.exec(`CREATE TRIGGER full BEFORE INSERT ON envelope
    BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END`);
  asked[0]?.emit({ type: 'notice', level: 'info', text: 'what cannot be stored' });
  await until('storage failing', () =>
    client.told.some(({ method, params }) => method === 'runtime/state' && params['storage'] === 'failed'),
  );
  asked[0]?.end();
  own.agent.land(began);
  await turns(20);
  assert.equal(own.agent.isFollowed, true);
  own.agent.end();
  database.exec('DROP TRIGGER full');
  await until('its end', () => endOf(own.turnId) !== undefined);
  assert.deepEqual([endOf(running.turnId)?.outcome, endOf(own.turnId)?.outcome], ['completed', 'completed']);
  assert.deepEqual([saidIn(own.turnId), all('turn.started').length], [['own'], 2]);
});

test('what the agent has begun when the runtime stops is interrupted, and not sent again by the next (T2, T9)', async (context) => {
  const { steer, prompt, runtime, journal, saidIn, endOf, until, head } = await setUp(context);
  const own = await steer('own');
  const later = await prompt('later');
  own.agent.land(began);
  await turns();
  await runtime.dispose('the runtime stops');
  await journal.committed();
  assert.deepEqual(
    head().queue.map(({ turnId }) => turnId),
    [later.turnId],
  );
  await until('its end', () => endOf(own.turnId) !== undefined);
  assert.deepEqual([endOf(own.turnId)?.outcome, saidIn(own.turnId)], ['interrupted', ['own']]);
});

for (const [how, taken] of Object.entries({ never: undefined, refused, joined, began }))
  test(`what an agent does not say in time whether it took is told as unsent and not sent again; ${how === 'never' ? 'it never says' : `late, it says “${how}”`} (T2)`, async (context) => {
    const { steer, asked, running, manual, saidIn, endOf, head, until, sent, prompt } = await setUp(context);
    const mute = await steer('mute');
    asked[0]?.end();
    await turns(20);
    assert.deepEqual([head().turn?.turnId, mute.agent.withdrawn], [running.turnId, 1], 'it is waited for');
    manual.advance(CANCEL_GRACE_MS - 1);
    await turns();
    assert.equal(endOf(mute.turnId), undefined);
    manual.advance(1);
    await until('the end of the first', () => endOf(running.turnId) !== undefined);
    const { outcome, failure, unsent } = endOf(mute.turnId) ?? assert.fail('it has not ended');
    assert.deepEqual([outcome, unsent], ['failed', text('mute')]);
    assert.match(failure?.message ?? '', /did not say whether it took this in, so it was not sent again/u);
    if (taken !== undefined) mute.agent.land(taken);
    await turns(20);
    assert.deepEqual(saidIn(running.turnId), how === 'joined' ? ['first', 'mute'] : ['first']);
    assert.equal(mute.agent.stopped, how === 'began' ? 1 : 0);
    await prompt('next');
    await until('the next prompt', () => sent().includes('next'));
    assert.deepEqual([sent(), head().queue], [['first', 'next'], []]);
    assert.equal(endOf(mute.turnId)?.outcome, 'failed', 'it has one end');
  });

test('what the agent says late that it began stands in the turn that runs by then, whose work is not stopped for it (T2)', async (context) => {
  const { steer, asked, manual, saidIn, endOf, head, until, sent, prompt } = await setUp(context);
  const mute = await steer('mute');
  const next = await prompt('next');
  asked[0]?.end();
  await turns(20);
  manual.advance(CANCEL_GRACE_MS);
  await until('the next prompt', () => sent().includes('next'));
  mute.agent.land(began);
  await until('it to stand there', () => saidIn(next.turnId).includes('mute'));
  assert.equal(mute.agent.stopped, 0);
  asked[1]?.end();
  await turns(20);
  assert.equal(head().turn?.turnId, next.turnId, 'the agent works on it still');
  mute.agent.end();
  await until('its end', () => endOf(next.turnId) !== undefined);
  assert.equal(endOf(next.turnId)?.outcome, 'completed');
  assert.deepEqual(sent(), ['first', 'next']);
});

test('what an agent that dies may have taken in is told as unsent and not sent to the next one, also when its turn is over (T2, P4)', async (context) => {
  const { steer, asked, client, crash, endOf, running, until, sent, prompt } = await setUp(context);
  const own = await steer('own');
  asked[0]?.end();
  await turns();
  await client.request('session/cancel', { sessionId });
  await until('the end of the first', () => endOf(running.turnId) !== undefined);
  crash();
  await until('its end', () => endOf(own.turnId) !== undefined);
  const { outcome, unsent } = endOf(own.turnId) ?? assert.fail();
  assert.deepEqual([outcome, unsent], ['failed', text('own')]);
  await prompt('next');
  await until('the next prompt', () => sent().includes('next'));
  assert.deepEqual(sent(), ['first', 'next']);
});

test('what was on its way into a turn when its agent was let go of is told as unsent and not sent to the next one (T2, T4)', async (context) => {
  const { steer, asked, client, endOf, running, until, sent, prompt, manual } = await setUp(context);
  const own = await steer('own');
  const next = await prompt('next');
  asked[0]?.ignoreCancel();
  await client.request('session/cancel', { sessionId });
  await turns(20);
  manual.advance(CANCEL_GRACE_MS);
  await turns(20);
  manual.advance(CANCEL_GRACE_MS);
  await until('the next prompt', () => sent().includes('next'));
  assert.equal(endOf(running.turnId)?.outcome, 'cancelled');
  const { outcome, unsent } = endOf(own.turnId) ?? assert.fail('it has not ended');
  assert.deepEqual([outcome, unsent], ['failed', text('own')]);
  assert.deepEqual([sent(), endOf(next.turnId)], [['first', 'next'], undefined]);
});

test('what was never given to the agent, because it could not be stored, waits for the next turn however long that takes (T2, law 9)', async (context) => {
  const { prompt, asked, endOf, until, sent, manual, file, journal, head } = await setUp(context);
  const database = beside(context, file);
  database.exec(`CREATE TRIGGER full BEFORE INSERT ON envelope
    BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END`);
  const { turnId, steered } = await prompt('later', { mode: 'steer' });
  assert.ok(steered);
  asked[0]?.end();
  const isOver = () => journal.log(sessionId)?.head?.turn === undefined;
  await until('the end of the turn, or waiting for it', () => isOver() || manual.waiting > 0);
  manual.advance(CANCEL_GRACE_MS);
  await turns();
  database.exec('DROP TRIGGER full');
  await until('the next turn', () => head().turn?.turnId === turnId);
  await until('the prompt', () => asked.length === 2);
  assert.deepEqual(sent(), ['first', 'later']);
  assert.equal(endOf(turnId), undefined);
});

test('what is on its way into a turn when the runtime stops is told as unsent, and not sent by the next (T2, T9)', async (context) => {
  const { steer, prompt, runtime, journal, endOf, until, head } = await setUp(context);
  const own = await steer('own');
  const later = await prompt('later');
  await runtime.dispose('the runtime stops');
  await journal.committed();
  assert.deepEqual(
    head().queue.map(({ turnId }) => turnId),
    [later.turnId],
  );
  await until('its end', () => endOf(own.turnId) !== undefined);
  const { outcome, unsent } = endOf(own.turnId) ?? assert.fail();
  assert.deepEqual([outcome, unsent], ['interrupted', text('own')]);
});

test('what is on its way when a runtime dies is told as unsent by the next, also when its turn is over; what the agent refused after that waits (T2, T9)', async (context) => {
  const { steer, asked, client, endOf, running, until, head, journal, clock } = await setUp(context);
  const [own, refusedOne] = [await steer('own'), await steer('other')];
  asked[0]?.end();
  await turns();
  await client.request('session/cancel', { sessionId });
  await until('the end of the first', () => endOf(running.turnId) !== undefined);
  refusedOne.agent.land(refused);
  await until(
    'it to wait',
    () => head().queue.find(({ turnId }) => turnId === refusedOne.turnId)?.given !== true,
  );
  // What the journal has is what the next runtime finds after a kill at this moment.
  recover(journal, clock, silentLog);
  await until('its end', () => endOf(own.turnId) !== undefined);
  const { outcome, unsent } = endOf(own.turnId) ?? assert.fail();
  assert.deepEqual([outcome, unsent], ['interrupted', text('own')]);
  assert.deepEqual(
    head().queue.map(({ turnId }) => turnId),
    [refusedOne.turnId],
  );
});

test('a prompt that was taken in, which is known only after the turn’s end, stands in it and ends as it did (T2)', async (context) => {
  const { steer, asked, client, saidIn, endOf, running, until } = await setUp(context);
  const own = await steer('own');
  asked[0]?.end();
  await turns();
  await client.request('session/cancel', { sessionId });
  await until('the end of the first', () => endOf(running.turnId) !== undefined);
  own.agent.land(joined);
  await until('its end', () => endOf(own.turnId) !== undefined);
  assert.deepEqual([endOf(own.turnId)?.outcome, saidIn(running.turnId)], ['cancelled', ['first', 'own']]);
});
