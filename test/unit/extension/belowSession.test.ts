import assert from 'node:assert/strict';
import { test } from 'node:test';

import '../../support/fakeVscode.ts';
import type { TurnId } from '../../../src/protocol/ids.ts';
import type { ConnectionView } from '../../../src/protocol/page.ts';
import { summary } from './summary.ts';

const { BelowSession } = await import('../../../src/extension/belowSession.ts');

const files = [{ directory: 'out', path: 'report.md' }];
const session = summary('Ebb', {
  artifacts: 1,
  queued: 2,
  queue: [{ turnId: 't1' as TurnId, text: 'then this' }],
});

/** What stands below sessions of a runtime that answers so. */
function below(state: ConnectionView['state'], answer: (method: string) => Promise<unknown>) {
  const asked: { readonly method: string; readonly timeoutMs: number | undefined }[] = [];
  const parts = {
    connection: {
      view: { state },
      request: (method: string, _: unknown, options?: { timeoutMs?: number }) => {
        asked.push({ method, timeoutMs: options?.timeoutMs });
        return answer(method);
      },
    },
    hosts: { get: (name: string) => (name === 'box' ? { view: { state: 'reconnecting' } } : undefined) },
    log: () => undefined,
  } as unknown as ConstructorParameters<typeof BelowSession>[0];
  return { rows: new BelowSession(parts), asked };
}

const kinds = (rows: readonly { readonly kind: string }[]): string => rows.map(({ kind }) => kind).join();

test('below a session stand its queue and its files, asked for with an end to the waiting (U1)', async () => {
  const queue = ['t1', 't2'].map((turnId) => ({ turnId, content: [{ type: 'text', text: turnId }] }));
  const { rows, asked } = below('connected', (method) =>
    Promise.resolve(method === 'session/get' ? { head: { queue } } : { artifacts: files }),
  );
  assert.equal(kinds(await rows.rows(session)), 'queued,queued,artifact');
  assert.ok(!rows.takePartial());
  assert.deepEqual(asked.map(({ method }) => method).sort(), ['artifact/list', 'session/get']);
  assert.ok(asked.every(({ timeoutMs }) => timeoutMs !== undefined && timeoutMs <= 10_000));
});

test('without a connection, and where an answer fails, the tree shows what is known and asks again later (U1, U8)', async () => {
  const nobody = (): Promise<never> => Promise.reject(new Error('nobody answers'));
  const apart = below('reconnecting', nobody);
  assert.equal(kinds(await apart.rows.rows(session)), 'queued');
  assert.deepEqual(apart.asked, [], 'nothing is asked that nobody answers');
  assert.deepEqual([apart.rows.takePartial(), apart.rows.takePartial()], [true, false]);

  const failing = below('connected', () => Promise.reject(new Error('took longer than 3000 ms')));
  assert.equal(kinds(await failing.rows.rows(session)), 'queued');
  assert.ok(failing.rows.takePartial());

  const far = below('connected', nobody);
  assert.equal(kinds(await far.rows.rows(session, 'box')), 'queued');
  assert.deepEqual(far.asked, [], 'a host that is not there is not asked either');
});
