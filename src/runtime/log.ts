import { errorText } from '../base/errorText.ts';
import { RotatedFile } from './rotatedFile.ts';

/** Where the runtime writes what an engineer may need later. Never a token, never a secret value. */
export interface Log {
  info(text: string): void;
  warn(text: string, error?: unknown): void;
  error(text: string, error?: unknown): void;
}

const MAX_BYTES = 4 * 1024 * 1024;

/** A log file that keeps at most two generations of 4 MiB. */
export function fileLog(file: string): Log {
  const kept = new RotatedFile(file, MAX_BYTES);
  const write = (level: string, text: string): void =>
    kept.append(`${new Date().toISOString()} ${level} ${text}\n`);
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
