import type { Readable } from 'node:stream';
import { toDisposable, type Disposable } from '../../base/disposable.ts';
import { oneATurn } from '../work/drain.ts';

/** A line longer than this breaks the connection: half a message is worse than none. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Who takes what an agent writes to stdout. All calls are synchronous, in the order of the wire. */
export interface LineReader {
  /** A JSON object. */
  onMessage(message: Record<string, unknown>): void;
  /** Taking in a message failed; those after it are read all the same. */
  onFailed(error: unknown): void;
  /** Anything else, without its line end: kept aside, never an error. */
  onStray(line: string): void;
  /** A line of more than so many bytes: nothing is read any more. */
  onTooLong(most: number): void;
  onEnd(): void;
}

/** Splits a stream into lines of JSON (ACP over stdio), until the result is disposed. */
export function readJsonLines(stream: Readable, reader: LineReader, maxBytes = MAX_LINE_BYTES): Disposable {
  let pending: Buffer[] = [];
  let size = 0;
  let isBroken = false;
  const breakOff = (): void => {
    isBroken = true;
    pending = [];
    reader.onTooLong(maxBytes);
  };
  const take = (chunk: Buffer): void => {
    if (isBroken) return;
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      const line = Buffer.concat([...pending, rest.subarray(0, end)]);
      pending = [];
      size = 0;
      if (line.length > maxBytes) return breakOff();
      rest = rest.subarray(end + 1);
      readLine(line.toString('utf8').trim(), reader);
    }
    if (rest.length > 0) pending.push(rest);
    size += rest.length;
    if (size > maxBytes) breakOff();
    oneATurn(stream);
  };
  const end = (): void => {
    readLine(Buffer.concat(pending).toString('utf8').trim(), reader);
    reader.onEnd();
  };
  stream.on('data', take).on('close', end);
  return toDisposable(() => stream.off('data', take).off('close', end));
}

function tell(message: Record<string, unknown>, reader: LineReader): void {
  try {
    reader.onMessage(message);
  } catch (error) {
    reader.onFailed(error);
  }
}

function readLine(line: string, reader: LineReader): void {
  if (line === '') return;
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return reader.onStray(line);
  }
  if (typeof message === 'object' && message !== null && !Array.isArray(message)) {
    const object = message as Record<string, unknown>;
    // Some agents leave out a result that is nothing.
    if ('id' in object && 'jsonrpc' in object && !('method' in object) && !('error' in object))
      object['result'] ??= null;
    if (typeof object['method'] === 'string' || 'result' in object || 'error' in object)
      return tell(object, reader);
  }
  reader.onStray(line);
}
