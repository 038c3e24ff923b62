import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Connection } from '../../client/connect.ts';
import { errorText } from '../../base/errorText.ts';
import type { ParamsIn, Result } from '../../protocol/methods.ts';
import { CommandError, exitCodes, noMore, positional, text, type Command } from '../command.ts';
import { readLine } from '../transferFile.ts';

/** What one page weighs at most, in characters of its lines. */
const PAGE_LENGTH = 1024 * 1024;
const PAGE_LINES = 1000;

/** Lines that are named one by one when they cannot be read. */
const MOST_NAMED = 20;

/** `holdfast import`: a session out of a file. */
export const importSession: Command = {
  name: 'import',
  usage: 'FILE [--cwd D] [--json]',
  summary: 'take in a session that was exported as NDJSON, and print its new id',
  details: [
    'FILE "-" is stdin. The session is there as a whole or not at all, ended, under a new id; a prompt opens it again, with this',
    'machine’s own agent of the same name. Lines that cannot be read are named.',
  ].join('\n'),
  options: {
    cwd: { type: 'string', describe: 'the working directory it has here; default: the one it had' },
    json: { type: 'boolean', describe: 'one JSON object' },
  },
  async run(invocation) {
    noMore(invocation, 1);
    const { values, terminal, remote } = invocation;
    const file = positional(invocation, 0, 'FILE');
    const given = text(values, 'cwd');
    const cwd = given === undefined || remote !== undefined ? given : path.resolve(given);
    const pages = await readPages(file);
    const connection = await invocation.connect();
    const { sessionId, events, missingBlobs } = await send(connection, pages, cwd);
    if (missingBlobs > 0)
      terminal.note(`${missingBlobs} large contents that it refers to are not in the file\n`);
    if (values['json'] === true) terminal.json({ id: sessionId, events, missingBlobs });
    else terminal.line(sessionId ?? '');
    return exitCodes.ok;
  },
};

interface Page {
  readonly envelopes: NonNullable<ParamsIn<'session/import'>['envelopes']>;
  readonly blobs: NonNullable<ParamsIn<'session/import'>['blobs']>;
}

/** All lines in pages. Throws naming every line that cannot be read; then nothing is sent. */
async function readPages(file: string): Promise<readonly Page[]> {
  const pages: Page[] = [];
  const bad: string[] = [];
  let count = 0;
  let length = Infinity;
  let lines = 0;
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      count++;
      if (line.trim() === '') continue;
      const read = readLine(line);
      if (typeof read === 'string') {
        bad.push(`line ${count} ${read}`);
        continue;
      }
      if (read.kind === 'format') continue;
      if (length + line.length > PAGE_LENGTH || lines >= PAGE_LINES) {
        pages.push({ envelopes: [], blobs: [] });
        length = 0;
        lines = 0;
      }
      length += line.length;
      lines++;
      const page = pages.at(-1);
      if (read.kind === 'blob') page?.blobs.push(read.blob);
      else page?.envelopes.push(read.envelope);
    }
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${errorText(error)}`, { exitCode: exitCodes.usage });
  }
  if (bad.length > 0) {
    const more = bad.length > MOST_NAMED ? [`and ${bad.length - MOST_NAMED} more`] : [];
    throw new CommandError(
      `${file} cannot be imported: ${bad.length === 1 ? bad[0] : `${bad.length} bad lines`}`,
      {
        exitCode: exitCodes.usage,
        ...(bad.length > 1 && { hint: [...bad.slice(0, MOST_NAMED), ...more].join('\n') }),
      },
    );
  }
  if (pages.length === 0)
    throw new CommandError(`${file} has no session in it`, { exitCode: exitCodes.usage });
  return pages;
}

async function send(
  connection: Connection,
  pages: readonly Page[],
  cwd: string | undefined,
): Promise<Result<'session/import'>> {
  const importId = randomUUID();
  let result: Result<'session/import'> = { events: 0, missingBlobs: 0 };
  for (const [index, page] of pages.entries()) {
    const done = index === pages.length - 1;
    result = await connection.request('session/import', {
      ...{ importId, page: index, done, ...page },
      ...(done && cwd !== undefined && { cwd }),
    });
  }
  return result;
}
