import type { LogOutputChannel } from 'vscode';
import type { Log } from '../client/index.ts';

/** The output channel “Holdfast” as the client library writes to it. */
export function logTo(channel: LogOutputChannel): Log {
  return (line, level = 'warning') => (level === 'warning' ? channel.warn(line) : channel.info(line));
}
