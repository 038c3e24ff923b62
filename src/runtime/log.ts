import { appendFileSync, renameSync, statSync } from 'node:fs';
import { errorText } from '../base/errorText.ts';

/** Where the runtime writes what an engineer may need later. Never a token, never a secret value. */
export interface Log {
  info(text: string): void;
  warn(text: string, error?: unknown): void;
  error(text: string, error?: unknown): void;
}

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * A log file that keeps at most two generations of 4 MiB. Lines are rare, so writing is synchronous: the last words
 * before a crash are there. A disk that refuses them costs the line, never the runtime.
 */
export function fileLog(file: string): Log {
  let size = sizeOf(file);
  const write = (level: string, text: string): void => {
    const line = `${new Date().toISOString()} ${level} ${text}\n`;
    try {
      if (size + line.length > MAX_BYTES) {
        renameSync(file, `${file}.1`);
        size = 0;
      }
      appendFileSync(file, line, { mode: 0o600 });
      size += line.length;
    } catch {
      // Nowhere left to say it.
    }
  };
  return {
    info: (text) => write('info', text),
    warn: (text, error) => write('warn', withError(text, error)),
    error: (text, error) => write('error', withError(text, error)),
  };
}

/** A log that keeps nothing, for tests and for what is built without one. */
export const silentLog: Log = { info() {}, warn() {}, error() {} };

function withError(text: string, error: unknown): string {
  if (error === undefined) return text;
  return `${text}: ${error instanceof Error ? (error.stack ?? error.message) : errorText(error)}`;
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
