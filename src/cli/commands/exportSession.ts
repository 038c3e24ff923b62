import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Connection } from '../../client/connect.ts';
import { blobsOf } from '../../protocol/blob.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { Item } from '../../protocol/items.ts';
import type { Cursor } from '../../protocol/methods.ts';
import { transcriptText } from '../../protocol/transcriptText.ts';
import { exitCodes, noMore, positional, text, usageError, type Command } from '../command.ts';
import { findSession } from '../sessionPrefix.ts';
import { FORMAT } from '../transferFile.ts';

/** `holdfast export`: a session as a file. */
export const exportSession: Command = {
  name: 'export',
  usage: 'SESSION [--format md|ndjson] [-o FILE]',
  summary: 'write a session as Markdown to read, or as NDJSON to import again',
  details:
    'NDJSON is one envelope a line, as the session has them, and then the large contents that they refer to.',
  options: {
    format: { type: 'string', describe: 'md or ndjson; default: as FILE ends, else md' },
    output: { type: 'string', short: 'o', describe: 'the file to write; default: stdout' },
  },
  async run(invocation) {
    noMore(invocation, 1);
    const { values, terminal } = invocation;
    const file = text(values, 'output');
    const format = text(values, 'format') ?? (/\.(ndjson|jsonl)$/u.test(file ?? '') ? 'ndjson' : 'md');
    if (format !== 'md' && format !== 'ndjson') throw usageError(`--format is md or ndjson, not "${format}"`);
    const connection = await invocation.connect();
    const sessionId = await findSession(connection, positional(invocation, 0, 'SESSION'));
    const parts = format === 'md' ? markdown(connection, sessionId) : ndjson(connection, sessionId);
    if (file === undefined) for await (const part of parts) await terminal.writeAll(part);
    else await writeFile(file, parts);
    return exitCodes.ok;
  },
};

async function writeFile(file: string, parts: AsyncIterable<string>): Promise<void> {
  const stream = createWriteStream(file, { mode: 0o600 });
  const done = finished(stream);
  done.catch(() => undefined);
  for await (const part of parts) if (!stream.write(part)) await Promise.race([once(stream, 'drain'), done]);
  stream.end();
  await done;
}

async function* markdown(connection: Connection, sessionId: SessionId): AsyncIterable<string> {
  const { head } = await connection.get(sessionId);
  const pages: (readonly Item[])[] = [];
  let before: number | undefined;
  for (let more = true; more;) {
    const page = await connection.request('session/history', { sessionId, before, limit: 500 });
    pages.unshift(page.items);
    before = page.items[0]?.position;
    ({ more } = page);
  }
  yield transcriptText(head, pages.flat());
}

/** A first line that says what follows, the envelopes, the contents. */
async function* ndjson(connection: Connection, sessionId: SessionId): AsyncIterable<string> {
  const { head } = await connection.get(sessionId);
  yield line({ ...FORMAT, sessionId, title: head.title, agent: head.agent.id, exportedAt: Date.now() });
  const blobs = new Set<string>();
  let cursor: Cursor | undefined;
  for (let more = true; more;) {
    const page = await connection.request('session/export', { sessionId, ...(cursor && { cursor }) });
    for (const sha256 of blobsOf(page.envelopes)) blobs.add(sha256);
    yield page.envelopes.map(line).join('');
    ({ cursor, more } = page);
  }
  for (const sha256 of blobs) yield* blob(connection, sessionId, sha256);
}

async function* blob(connection: Connection, sessionId: SessionId, sha256: string): AsyncIterable<string> {
  for (let offset = 0, size = 1; offset < size;) {
    const part = await connection.request('blob/read', { sessionId, sha256, offset });
    yield line({ blob: { sha256, offset, data: part.data } });
    ({ size } = part);
    offset += Buffer.byteLength(part.data, 'base64');
    if (part.data === '') return;
  }
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
