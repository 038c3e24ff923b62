import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { test, type TestContext } from 'node:test';
import workerThreads from 'node:worker_threads';
import {
  afterwards,
  id,
  messageStarted,
  note,
  open,
  started,
  stored,
  turnEnded,
  turnStarted,
} from './temporary.ts';

/** The machine gives no further thread until the function that is answered is called. */
function withoutThreads(context: TestContext): () => void {
  const { Worker } = workerThreads;
  const become = (made: typeof Worker): void => {
    workerThreads.Worker = made;
    syncBuiltinESMExports();
  };
  afterwards(context, () => become(Worker));
  become(
    class extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        if (given.length > 0) throw new Error('no thread can be had');
        super(...given);
      }
    },
  );
  return () => become(Worker);
}

test('what is committed stands and is told also where no thread can be had to bring the log into its file (law 1)', async (context) => {
  const errors: unknown[] = [];
  const { journal, tick, batches } = open(context, {
    indexAfterMs: 1_000_000,
    onError: (error) => errors.push(error),
  });
  withoutThreads(context);
  const log = journal.create(id('a'));
  log.append({ at: 1, event: started() });
  log.append({ at: 2, event: note('x'.repeat(3 * 1024 * 1024)) });
  const committed = log.committed();
  tick();
  await committed;
  assert.deepEqual([batches.flat().length, log.committedSeq, stored(journal, id('a')).length], [2, 2, 2]);
  assert.deepEqual(errors.map(String), ['Error: no thread can be had']);
});

test('a search for which no thread can be had says so, and the next one that gets one finds what was said meanwhile (J6)', async (context) => {
  const { journal, tick } = open(context);
  const later = withoutThreads(context);
  const log = journal.create(id('a'));
  for (const event of [started(), turnStarted('t'), messageStarted('m', 'ocelots'), turnEnded('t')])
    log.append({ at: 1, event });
  tick();
  const search = () => journal.search({ query: 'ocelots', limit: 1 });
  await assert.rejects(search(), { kind: 'internalError', message: /no thread can be had/u });
  await assert.rejects(journal.check(), { kind: 'internalError', message: /no thread can be had/u });
  later();
  let page = await search();
  while (page.indexing) page = await search();
  assert.deepEqual(
    page.hits.map(({ sessionId }) => sessionId),
    ['a'],
  );
});
