import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry } from '../../../src/client/registry.ts';
import type { SessionHandlers } from '../../../src/client/handlers.ts';
import type { Session } from '../../../src/client/session.ts';
import { HoldfastError } from '../../../src/protocol/errors.ts';
import {
  created,
  envelope,
  FakeChannel,
  idOf,
  notice,
  permission,
  settle,
  settled,
  started,
  turnEnded,
} from './fakeChannel.ts';

async function open(
  handlers: SessionHandlers,
): Promise<{ channel: FakeChannel; session: Session; log: string[] }> {
  const log: string[] = [];
  const channel = new FakeChannel().connect();
  const registry = createRegistry(channel, { log: (line) => log.push(line) });
  channel.answers.set('session/create', (params) => created(String(params['sessionId'])));
  const session = await registry.open({ cwd: '/work', sessionId: 'S', ...handlers });
  channel.events(started('S'));
  return { channel, session, log };
}

test('O2: onEvent sees an event before the interaction handler of the same event runs', async () => {
  const seen: string[] = [];
  const { channel } = await open({
    onEvent: ({ seq }) => void seen.push(`event ${seq}`),
    onPermission: ({ interactionId }) => void seen.push(`permission ${interactionId}`),
    onQuestion: ({ interaction }) => void seen.push(interaction.kind),
  });
  const url = {
    type: 'interaction.opened',
    interactionId: 'U',
    interaction: { kind: 'url', title: 'Sign in', url: 'https://example.org' },
  };
  channel.events(permission('S', 2, 'I'), envelope('S', 3, url));
  assert.deepEqual(seen, ['event 1', 'event 2', 'permission I', 'event 3', 'url']);
});

test('O2: a handler that throws never stops delivery and is logged with the session id', async () => {
  const seen: number[] = [];
  const { channel, log } = await open({
    onEvent({ seq }) {
      seen.push(seq);
      throw new Error(`event ${seq} is too much`);
    },
    onPermission() {
      throw new Error('no permission handler');
    },
  });
  channel.events(permission('S', 2, 'I'), notice('S', 3));
  channel.events(notice('S', 4));
  assert.deepEqual(seen, [1, 2, 3, 4]);
  assert.ok(
    log.some(
      (line) =>
        line.includes('session S') && line.includes('onEvent') && line.includes('event 3 is too much'),
    ),
  );
  assert.ok(
    log.some(
      (line) =>
        line.includes('session S') && line.includes('onPermission') && line.includes('no permission handler'),
    ),
  );
});

test('O2: a handler that rejects is logged and is no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const watch = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', watch);
  const { channel, log } = await open({
    onEvent: () => Promise.reject(new Error('later')),
    onPermission: () => Promise.reject(new Error('much later')),
  });
  channel.events(permission('S', 2, 'I'), notice('S', 3));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', watch);
  assert.deepEqual(unhandled, []);
  assert.equal(log.filter((line) => line.includes('session S') && line.includes('later')).length, 4);
});

test('delivery does not wait for a promise that a handler returns', async () => {
  const seen: number[] = [];
  const { channel } = await open({
    onEvent({ seq }) {
      seen.push(seq);
      return new Promise(() => {});
    },
  });
  channel.events(notice('S', 2), notice('S', 3));
  assert.deepEqual(seen, [1, 2, 3]);
});

test('an event that arrives while a handler runs is delivered after it, never inside it', async () => {
  const seen: string[] = [];
  const { channel } = await open({
    onEvent({ seq }) {
      seen.push(`in ${seq}`);
      if (seq === 2) channel.events(notice('S', 3), notice('S', 4));
      seen.push(`out ${seq}`);
    },
  });
  channel.events(notice('S', 2));
  assert.deepEqual(seen, ['in 1', 'out 1', 'in 2', 'out 2', 'in 3', 'out 3', 'in 4', 'out 4']);
});

test('a handler that leaves the session gets nothing more of it, also not the rest of the burst', async () => {
  const seen: string[] = [];
  const { channel, session } = await open({
    onEvent({ seq }) {
      seen.push(`event ${seq}`);
      if (seq === 2) session.leave();
    },
    onPermission: () => void seen.push('permission'),
    onLost: () => void seen.push('lost'),
  });
  channel.events(permission('S', 2, 'I'), notice('S', 3));
  assert.deepEqual(seen, ['event 1', 'event 2']);
  assert.equal(channel.last('session/leave').params['sessionId'], 'S');
  assert.equal(channel.credit, 200, 'and what was dropped is given back');
});

test('an answer that a handler gives is sent for its own interaction', async () => {
  const { channel } = await open({
    onPermission: async () => ({ kind: 'option', optionId: 'yes' }) as const,
  });
  channel.events(permission('S', 2, 'I'));
  await settle();
  const { params } = channel.last('session/answer');
  assert.equal(params['interactionId'], 'I');
  assert.deepEqual(params['answer'], { kind: 'option', optionId: 'yes' });
});

test('a handler that answers nothing leaves the interaction open', async () => {
  const { channel } = await open({ onPermission: async () => undefined });
  channel.events(permission('S', 2, 'I'));
  await settle();
  assert.ok(channel.requests.every(({ method }) => method !== 'session/answer'));
});

test('an interaction that somebody else settles aborts its handler, whose late answer is not sent', async () => {
  let give: (() => void) | undefined;
  let aborted = false;
  const { channel } = await open({
    onPermission: ({ signal }) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise((resolve) => (give = () => resolve({ kind: 'option', optionId: 'yes' })));
    },
  });
  channel.events(permission('S', 2, 'I'), settled('S', 3, 'I'));
  assert.equal(aborted, true);
  give?.();
  await settle();
  assert.ok(channel.requests.every(({ method }) => method !== 'session/answer'));
});

test('an answer that comes second is no failure of the handler', async () => {
  const { channel, log } = await open({ onPermission: () => ({ kind: 'reject' }) as const });
  channel.events(permission('S', 2, 'I'));
  await settle();
  channel.last('session/answer').fail(new HoldfastError('interactionSettled', 'somebody was faster'));
  await settle();
  assert.deepEqual(log, []);
});

test('an event whose body cannot be read is kept as unknown, and an unreadable envelope costs the others nothing', async () => {
  const seen: string[] = [];
  const { channel } = await open({ onEvent: ({ seq, event }) => void seen.push(`${seq} ${event.type}`) });
  channel.events(
    envelope('S', 2, { type: 'turn.ended', outcome: 17 }),
    { sessionId: 'T' },
    null,
    envelope('S', 3, { type: 'from.the.future' }),
  );
  assert.deepEqual(seen, ['1 session.started', '2 unknown', '3 unknown']);
  channel.emit('session/events', 'nonsense');
  channel.events(turnEnded('S', 4, 'T'));
  assert.equal(seen.at(-1), '4 turn.ended');
  assert.equal(idOf('S'), 'S');
});
