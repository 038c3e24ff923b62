/**
 * Appends to the journal named on the command line until it is killed. Acknowledges each commit with a line on stdout:
 * the last number that is safe. Every tenth event is a command's, remembered with it.
 */
import { writeSync } from 'node:fs';
import { openJournal } from '../../../../src/runtime/journal/openJournal.ts';
import { chunk, id, messageStarted, started } from './temporary.ts';

const { journal } = openJournal({ file: process.argv[2] ?? '' });
const log = journal.log(id('a')) ?? journal.create(id('a'));
if (log.head === undefined) log.append({ at: 1, event: started() });
if (log.head?.lastMessageId === undefined) log.append({ at: 1, event: messageStarted('m') });

for (;;) {
  for (let n = 0; n < 7; n++) {
    const { seq } = log.append({ at: 2, event: chunk('m', '.') });
    if (seq % 10 === 0) journal.remember(`c${seq}` as never, 'test', { seq });
  }
  await log.committed();
  writeSync(1, `${log.committedSeq}\n`);
}
