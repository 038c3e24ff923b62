/**
 * Takes a session in, in the journal named on the command line, as far as the second argument says, and waits to be killed: `written`,
 * some of it is stored; `shown`, all of it is. Says so with a line on stdout.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openJournal } from '../../../../src/runtime/journal/openJournal.ts';
import { chunk, id, messageStarted, started } from './temporary.ts';

const [, , file = '', until] = process.argv;
const { journal } = openJournal({ file, indexAfterMs: null });
const taken = journal.import(id('taken'));
const content = Buffer.from('a large content');
taken.putBlob(createHash('sha256').update(content).digest('hex'), content, content.length);
taken.log.append({ at: 1, event: started() });
taken.log.append({ at: 1, event: messageStarted('m') });
for (let n = 0; n < 300; n++) taken.log.append({ at: 2, event: chunk('m', '.') });
taken.write();
if (until === 'shown') {
  taken.show();
  await journal.committed();
}
writeSync(1, `${until}\n`);
setInterval(() => undefined, 1000);
