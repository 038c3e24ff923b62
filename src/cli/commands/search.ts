import { exitCodes, text, usageError, wholeNumber, type Command } from '../command.ts';
import { foundLines } from '../../protocol/foundLines.ts';
import { plain } from '../render.ts';
import { findSession } from '../sessionPrefix.ts';

/** Lines shown of each place. */
const MOST_LINES = 3;

/** `holdfast search`: finds words in everything that was said and printed. */
export const search: Command = {
  name: 'search',
  usage: 'WORDS [--session SESSION] [--limit N] [--json]',
  summary: 'find words in what was said and printed in all sessions, the best place first',
  options: {
    session: { type: 'string', describe: 'only in this session' },
    limit: { type: 'string', describe: 'how many places at the most; default 20' },
    json: { type: 'boolean', describe: 'one JSON object a line' },
  },
  async run(invocation) {
    const { values, terminal, positionals } = invocation;
    const query = positionals.join(' ').trim();
    if (query === '') throw usageError('which words?');
    const limit = wholeNumber(values, 'limit');
    const connection = await invocation.connect();
    const named = text(values, 'session');
    const sessionId = named === undefined ? undefined : await findSession(connection, named);
    const { hits, indexing } = await connection.request('session/search', { query, limit, sessionId });
    for (const hit of hits) {
      if (values['json'] === true) terminal.json(hit);
      else {
        terminal.line(`${terminal.color.dim(hit.sessionId.slice(0, 8))}  ${plain(hit.title)}`);
        for (const line of foundLines(hit).slice(0, MOST_LINES)) terminal.line(`    ${plain(line)}`);
      }
    }
    if (hits.length === 0) terminal.note('nothing was found\n');
    if (indexing) terminal.note('older sessions are still being indexed; there may be more in a moment\n');
    return exitCodes.ok;
  },
};
