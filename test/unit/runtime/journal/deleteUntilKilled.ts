/**
 * Deletes a long session of the journal named on the command line, says so with a line on stdout as soon as it is deleted, and waits to
 * be killed. No timer of the journal fires here: what is not removed at once stays.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../../../src/base/clock.ts';
import { toDisposable } from '../../../../src/base/disposable.ts';
import { openJournal } from '../../../../src/runtime/journal/openJournal.ts';
import { id, note, started } from './temporary.ts';

const [, , file = ''] = process.argv;
const clock = { ...systemClock, after: () => toDisposable(() => undefined) };
const { journal } = openJournal({ file, clock, indexAfterMs: null });
journal.create(id('kept')).append({ at: 1, event: started() });
const log = journal.create(id('long'));
log.append({ at: 1, event: started() });
journal.putBlob(id('long'), Buffer.from('a large content'));
for (let n = 0; n < 9999; n++) log.append({ at: 2, event: note(`${n}`) });
await journal.committed();
journal.delete(id('long'));
writeSync(1, 'deleted\n');
setInterval(() => undefined, 1000);
