import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { errorText } from '../base/errorText.ts';
import { HoldfastError, isHoldfastError, type ErrorKind } from '../protocol/errors.ts';
import { newCommandId, type CommandId, type SessionId } from '../protocol/ids.ts';
import type { ParamsIn, Result } from '../protocol/methods.ts';
import { abortError } from './limit.ts';
import type { Requester } from './outbox.ts';
import { NOT_JSON, readLine, type ExportLine } from './transferFile.ts';

/** What one page weighs at most, in characters of its lines. */
const PAGE_LENGTH = 1024 * 1024;
const PAGE_LINES = 1000;

/** Lines that are named one by one when they cannot be read. */
const MOST_NAMED = 20;

/** How long each step may take that finds out what became of a cancelled import, in milliseconds. */
const TAKE_BACK_MS = 10_000;

/** Files above this, in bytes, hold more than a runtime takes in. */
const MOST_BYTES = 512 * 1024 * 1024;

/** What is read of an export, line by line; asked for twice, since nothing is sent before all of it was read. */
export interface ImportSource {
  /** Its name, for words about it. */
  readonly name: string;
  lines(): AsyncIterable<string>;
}

/** What an export says of its session before it is taken in. */
export interface ImportFacts {
  /** Lines with something in them, the first one included. */
  readonly lines: number;
  /** The working directory that the session had. */
  readonly cwd: string | undefined;
}

/** How an import is followed and ended. */
export interface ImportOptions {
  /** The working directory it has here; default: the one it had. */
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told again and again how much of it is done, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** A file to import. Rejects with `invalidParams` for one that cannot be read or is too large. */
export async function importFile(file: string): Promise<ImportSource> {
  let size: number;
  try {
    ({ size } = await stat(file));
  } catch (error) {
    throw unreadable(file, error);
  }
  if (size > MOST_BYTES) {
    const words = `${file} cannot be imported: it has more than ${MOST_BYTES / 1024 / 1024} MiB`;
    throw new HoldfastError('invalidParams', words);
  }
  return {
    name: file,
    lines: () => createInterface({ input: createReadStream(file), crlfDelay: Infinity }),
  };
}

/**
 * Reads all of an export without sending anything. Rejects with `invalidParams`, whose `details.problems` name every line
 * that cannot be read, and for one without a session; with `aborted` when the signal fires.
 */
export async function checkImport(source: ImportSource, signal?: AbortSignal): Promise<ImportFacts> {
  const problems: string[] = [];
  let bad = 0;
  let lines = 0;
  let content = 0;
  let notJson = 0;
  let cwd: string | undefined;
  for await (const { number, read } of readLines(source, signal)) {
    lines++;
    if (typeof read === 'string') {
      bad++;
      if (read.startsWith(NOT_JSON)) notJson++;
      // Another file altogether: its lines are none of an export, and there may be many.
      if (notJson === lines && lines >= MOST_NAMED) break;
      if (problems.length < MOST_NAMED) problems.push(`line ${number} ${read}`);
    } else if (read.kind !== 'format') {
      content++;
      if (read.kind === 'envelope') cwd ??= cwdOf(read.envelope);
    }
  }
  if (notJson > 0 && notJson === lines) {
    const words = `${source.name} is no exported session: not one line of it is JSON. A session that was exported as NDJSON can be imported, one as Markdown is to be read.`;
    throw new HoldfastError('invalidParams', words);
  }
  if (bad > problems.length) problems.push(`and ${bad - problems.length} more`);
  if (bad > 0) {
    const words = `${source.name} cannot be imported: ${bad === 1 ? problems[0] : `${bad} bad lines`}`;
    throw new HoldfastError('invalidParams', words, { problems });
  }
  if (content === 0) throw new HoldfastError('invalidParams', `${source.name} has no session in it`);
  return { lines, cwd };
}

/**
 * Takes a session in out of an export that was checked (J7): it is there as a whole under a new id, ended, or not at all.
 * Rejects with a `HoldfastError`; `aborted` when the signal fires, and nothing was taken in then, or not for long: what came
 * in all the same is deleted. Where neither can be known or done, the words of another failure say so.
 */
export async function sendImport(
  requester: Requester,
  source: ImportSource,
  facts: ImportFacts,
  { cwd, signal, onProgress }: ImportOptions = {},
): Promise<Result<'session/import'>> {
  const importId = randomUUID();
  let page = emptyPage();
  let number = 0;
  let sent = 0;
  const send = async (done: boolean): Promise<Result<'session/import'>> => {
    const { envelopes, blobs, lines } = page;
    page = emptyPage();
    const place = { importId, page: number++, commandId: newCommandId() };
    const params = { ...place, done, envelopes, blobs, ...(done && cwd && { cwd }) };
    const result = await requester
      .request('session/import', params, { signal })
      .catch(async (error: unknown) => {
        if (done && signal?.aborted === true) await takeBack(requester, place);
        throw error;
      });
    sent += lines;
    onProgress?.(sent / facts.lines);
    return result;
  };
  for await (const { read, length } of readLines(source, signal)) {
    if (typeof read === 'string')
      throw new HoldfastError('invalidParams', `${source.name} was changed while it was read; try again`);
    if (page.length + length > PAGE_LENGTH || page.lines >= PAGE_LINES) await send(false);
    page.length += length;
    page.lines++;
    if (read.kind === 'blob') page.blobs.push(read.blob);
    else if (read.kind === 'envelope') page.envelopes.push(read.envelope);
  }
  return send(true);
}

/** How a runtime answers an import that it took nothing in of; any other failure is one of asking it. */
const REFUSED: ReadonlySet<ErrorKind> = new Set([
  'invalidParams',
  'requestCancelled',
  'storageFailed',
  'sessionBusy',
  'retiring',
  'internalError',
]);

/**
 * Deletes the session of a last page that was cancelled, if it was taken in before that was heard: the same command, sent once
 * more, is answered as it was the first time. Where it never came, a page of a later number gives the import up. Rejects where that
 * cannot be known, or where the session stays.
 */
async function takeBack(
  requester: Requester,
  { importId, page, commandId }: { importId: string; page: number; commandId: CommandId },
): Promise<void> {
  const again = { importId, page: page + 1, commandId };
  let sessionId: SessionId | undefined;
  try {
    ({ sessionId } = await requester.request('session/import', again, { timeoutMs: TAKE_BACK_MS }));
  } catch (error) {
    if (isHoldfastError(error) && REFUSED.has(error.kind)) return;
    const words = `the import was cancelled, but whether its session came in before cannot be found out: ${errorText(error)}. Look for it in the list`;
    throw new HoldfastError('interrupted', words, { importId }, error);
  }
  if (sessionId === undefined) return;
  try {
    await requester.request('session/delete', { sessionId, force: true }, { timeoutMs: TAKE_BACK_MS });
  } catch (error) {
    const words = `the session came in before the import was cancelled, and could not be deleted: ${errorText(error)}. It is in the list`;
    throw new HoldfastError('interrupted', words, { importId, sessionId }, error);
  }
}

interface Page {
  readonly envelopes: NonNullable<ParamsIn<'session/import'>['envelopes']>;
  readonly blobs: NonNullable<ParamsIn<'session/import'>['blobs']>;
  /** In characters, and in lines of the file. */
  length: number;
  lines: number;
}

function emptyPage(): Page {
  return { envelopes: [], blobs: [], length: 0, lines: 0 };
}

interface NumberedLine {
  readonly number: number;
  readonly length: number;
  readonly read: ExportLine | string;
}

async function* readLines(
  source: ImportSource,
  signal: AbortSignal | undefined,
): AsyncIterable<NumberedLine> {
  let number = 0;
  try {
    for await (const text of source.lines()) {
      if (signal?.aborted === true) throw abortError(signal, 'importing a session');
      number++;
      if (text.trim() !== '') yield { number, length: text.length, read: readLine(text) };
    }
  } catch (error) {
    throw error instanceof HoldfastError ? error : unreadable(source.name, error);
  }
}

function cwdOf({ event }: { readonly event: unknown }): string | undefined {
  const { cwd } = (event ?? {}) as { readonly cwd?: unknown };
  return typeof cwd === 'string' ? cwd : undefined;
}

function unreadable(name: string, error: unknown): HoldfastError {
  return new HoldfastError('invalidParams', `${name} cannot be read: ${errorText(error)}`);
}
