import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { blobsOf } from '../protocol/blob.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { Item } from '../protocol/items.ts';
import type { Cursor } from '../protocol/methods.ts';
import { transcriptText } from '../protocol/transcriptText.ts';
import type { Requester } from './outbox.ts';
import { FORMAT } from './transferFile.ts';

/** What an export is written as: Markdown to read, or NDJSON to import again. */
export type ExportFormat = 'md' | 'ndjson';

/** How an export is followed and ended. */
export interface ExportOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told again and again how much of it is done, from 0 to 1; large contents that follow are not counted. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** The format that a file's name asks for. */
export function formatOf(file: string): ExportFormat {
  return /\.(ndjson|jsonl)$/iu.test(file) ? 'ndjson' : 'md';
}

/** A session as text, part by part (J7). Rejects with a `HoldfastError`, `aborted` when the signal fires. */
export function exportParts(
  requester: Requester,
  sessionId: SessionId,
  format: ExportFormat,
  options: ExportOptions = {},
): AsyncIterable<string> {
  return format === 'md' ? markdown(requester, sessionId, options) : ndjson(requester, sessionId, options);
}

async function* markdown(
  requester: Requester,
  sessionId: SessionId,
  { signal, onProgress }: ExportOptions,
): AsyncIterable<string> {
  const { head } = await requester.request('session/get', { sessionId }, { signal });
  const pages: (readonly Item[])[] = [];
  let before: number | undefined;
  for (let more = true; more;) {
    const page = await requester.request('session/history', { sessionId, before, limit: 500 }, { signal });
    pages.unshift(page.items);
    before = page.items[0]?.position;
    onProgress?.(1 - (before ?? 0) / Math.max(1, head.seq));
    ({ more } = page);
  }
  yield transcriptText(head, pages.flat());
}

/** A first line that says what follows, the envelopes, the contents. */
async function* ndjson(
  requester: Requester,
  sessionId: SessionId,
  { signal, onProgress }: ExportOptions,
): AsyncIterable<string> {
  const { head } = await requester.request('session/get', { sessionId }, { signal });
  yield line({ ...FORMAT, sessionId, title: head.title, agent: head.agent.id, exportedAt: Date.now() });
  const blobs = new Set<string>();
  let cursor: Cursor | undefined;
  for (let more = true; more;) {
    const page = await requester.request(
      'session/export',
      { sessionId, ...(cursor && { cursor }) },
      { signal },
    );
    for (const sha256 of blobsOf(page.envelopes)) blobs.add(sha256);
    yield page.envelopes.map(line).join('');
    ({ cursor, more } = page);
    onProgress?.(Math.min(1, cursor.seq / Math.max(1, head.seq)));
  }
  for (const sha256 of blobs) yield* blob(requester, { sessionId, sha256 }, signal);
}

async function* blob(
  requester: Requester,
  { sessionId, sha256 }: { readonly sessionId: SessionId; readonly sha256: string },
  signal: AbortSignal | undefined,
): AsyncIterable<string> {
  for (let offset = 0, size = 1; offset < size;) {
    const part = await requester.request('blob/read', { sessionId, sha256, offset }, { signal });
    yield line({ blob: { sha256, offset, data: part.data } });
    ({ size } = part);
    offset += Buffer.byteLength(part.data, 'base64');
    if (part.data === '') return;
  }
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/**
 * Writes a file for its owner's eyes alone. A file that was there before stays as it was until all is written; what is
 * no file of a disk, like a pipe, is written to directly. Rejects with the error of the file or of the parts.
 */
export async function writeParts(file: string, parts: AsyncIterable<string>): Promise<void> {
  const target = await targetOf(file);
  const staged = target === undefined ? file : `${target}.${randomUUID().slice(0, 8)}.part`;
  try {
    await write(staged, parts);
    if (target !== undefined) await rename(staged, target);
  } catch (error) {
    if (target !== undefined) await rm(staged, { force: true });
    throw error;
  }
}

/** The file to replace, links followed; `undefined` for what cannot be replaced. */
async function targetOf(file: string): Promise<string | undefined> {
  try {
    const real = await realpath(file);
    return (await stat(real)).isFile() ? real : undefined;
  } catch {
    return file;
  }
}

async function write(file: string, parts: AsyncIterable<string>): Promise<void> {
  const stream = createWriteStream(file, { mode: 0o600 });
  const done = finished(stream);
  done.catch(() => undefined);
  try {
    for await (const part of parts)
      if (!stream.write(part)) await Promise.race([once(stream, 'drain'), done]);
  } catch (error) {
    stream.destroy();
    await done.catch(() => undefined);
    throw error;
  }
  stream.end();
  await done;
}
