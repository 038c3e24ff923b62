import { errorText } from '../base/errorText.ts';
import type { Log } from '../client/index.ts';
import type { ProcessId } from '../protocol/ids.ts';
import type { Result } from '../protocol/methods.ts';
import type { WindowConnection } from './windowConnection.ts';

/** How long an answer is good for hovers, in milliseconds. */
const FRESH_MS = 3_000;

export type RuntimeStatus = Result<'runtime/status'>;
/** An agent process as the runtime tells of it. */
export type ProcessFacts = RuntimeStatus['processes'][number];

/** The runtime's status for whoever shows a part of it, asked for at most once in a while. Owned by `activate`. */
export class StatusFacts {
  readonly #connection: WindowConnection;
  readonly #log: Log;
  #asked: { readonly at: number; readonly answer: Promise<RuntimeStatus | undefined> } | undefined;

  constructor(connection: WindowConnection, log: Log) {
    this.#connection = connection;
    this.#log = log;
  }

  /** The status as it was a moment ago; `undefined` without a connection. Never rejects. */
  async recent(): Promise<RuntimeStatus | undefined> {
    if (this.#connection.view.state !== 'connected') return undefined;
    const now = performance.now();
    if (this.#asked === undefined || now - this.#asked.at > FRESH_MS)
      this.#asked = { at: now, answer: this.#ask() };
    return this.#asked.answer;
  }

  /** One agent process, if it runs. Never rejects. */
  async process(processId: ProcessId): Promise<ProcessFacts | undefined> {
    return (await this.recent())?.processes.find((process) => process.processId === processId);
  }

  async #ask(): Promise<RuntimeStatus | undefined> {
    try {
      return await this.#connection.request('runtime/status', {});
    } catch (error) {
      this.#log(`the runtime's status could not be read: ${errorText(error)}`, 'info');
      return undefined;
    }
  }
}
