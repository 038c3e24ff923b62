import { errorText } from '../base/errorText.ts';
import type { Log } from '../client/index.ts';
import { canRead } from '../protocol/page.ts';
import { queuedLines, type QueuedLine, type Summary } from '../protocol/summary.ts';
import type { RemoteHosts } from './remoteHosts.ts';
import { artifactNode, queuedNode, type TreeNode } from './treeNodes.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Files shown below a session. */
const MOST_FILES = 200;
/** How long the tree waits for what stands below one session, in milliseconds: the editor draws nothing of it until then. */
const WAIT_MS = 3_000;

/** What stands below a session is made of. */
export interface BelowParts {
  readonly connection: Pick<WindowConnection, 'request' | 'view'>;
  readonly hosts: Pick<RemoteHosts, 'get'>;
  readonly log: Log;
}

/**
 * What stands below a session in the tree: what waits in its queue, and the files it produced (U1). Asks nothing without a
 * connection and waits for no answer long, since the whole tree waits with it. Owned by `SessionTree`.
 */
export class BelowSession {
  readonly #parts: BelowParts;
  #isPartial = false;

  constructor(parts: BelowParts) {
    this.#parts = parts;
  }

  /** Whether something is not shown that may be there; asking takes it back. */
  takePartial(): boolean {
    const isPartial = this.#isPartial;
    this.#isPartial = false;
    return isPartial;
  }

  /** The rows, those that could be had. Never rejects. */
  async rows(summary: Summary, host?: string): Promise<TreeNode[]> {
    const { sessionId, artifacts, queued, queue: known = [] } = summary;
    const { connection } = this.#parts;
    const limited = { timeoutMs: WAIT_MS };
    const [queue, files] = await Promise.all([
      // A summary tells of the first that wait, so that a change of them is seen at once; the whole of a long queue is asked for.
      known.length >= queued
        ? known
        : this.#had<readonly QueuedLine[]>(host, known, async () => {
            const { head } = await connection.request('session/get', { sessionId }, limited);
            return queuedLines(head.queue);
          }),
      artifacts === undefined
        ? []
        : this.#had(host, [], async () => {
            const params = { sessionId, limit: MOST_FILES };
            return (await connection.request('artifact/list', params, limited)).artifacts;
          }),
    ]);
    return [
      ...queue.map((turn, index) =>
        queuedNode(sessionId, turn, { isFirst: index === 0, isLast: index === queue.length - 1 }),
      ),
      ...files.map((file) => artifactNode(summary, file, host)),
    ];
  }

  /** What is asked for, or what is known without it. */
  async #had<T>(host: string | undefined, known: T, ask: () => Promise<T>): Promise<T> {
    const { connection, hosts, log } = this.#parts;
    const isThere =
      host === undefined ? canRead(connection.view) : hosts.get(host)?.view.state === 'connected';
    try {
      if (isThere) return await ask();
    } catch (error) {
      log(`what stands below a session could not be read: ${errorText(error)}`, 'info');
    }
    this.#isPartial = true;
    return known;
  }
}
