import type { EventOf } from '../../protocol/events.ts';
import type { CommandId } from '../../protocol/ids.ts';
import { isHoldfastError } from '../../protocol/errors.ts';
import { failureOf } from '../failure.ts';
import type { Artifact } from './artifactList.ts';
import { shownAddress, upload, type Upload } from './artifactUpload.ts';

/** The uploads of one session that are under way; each ends with one event (C4). Owned by the session. */
export class ArtifactUploads {
  readonly #record: (event: EventOf<'artifact.uploaded'>) => void;
  readonly #running = new Map<
    CommandId,
    { readonly abort: AbortController; readonly done: Promise<unknown> }
  >();

  constructor(record: (event: EventOf<'artifact.uploaded'>) => void) {
    this.#record = record;
  }

  /** Uploads an artifact; the status of the answer. Throws what `upload` throws, after it was recorded. */
  async run(id: CommandId, artifact: Artifact, request: Omit<Upload, 'signal'>): Promise<number> {
    const abort = new AbortController();
    const done = this.#run(artifact, { ...request, signal: abort.signal });
    this.#running.set(id, { abort, done: done.catch(() => undefined) });
    try {
      return await done;
    } finally {
      this.#running.delete(id);
    }
  }

  /** Stops one; whether it was under way. */
  cancel(id: CommandId): boolean {
    const running = this.#running.get(id);
    running?.abort.abort();
    return running !== undefined;
  }

  /** Stops all, because the session ends; resolves when their ends are recorded. */
  async end(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { abort } of running) abort.abort();
    await Promise.all(running.map(({ done }) => done));
  }

  async #run({ directory, path }: Artifact, request: Upload): Promise<number> {
    const event = { type: 'artifact.uploaded', directory, path, to: shownAddress(request.url) } as const;
    try {
      const status = await upload(request);
      this.#record({ ...event, outcome: 'completed', status });
      return status;
    } catch (error) {
      const status = isHoldfastError(error, 'uploadFailed') ? error.details['status'] : undefined;
      this.#record({
        ...event,
        outcome: isHoldfastError(error, 'aborted') ? 'cancelled' : 'failed',
        ...(typeof status === 'number' && { status }),
        failure: failureOf(error),
      });
      throw error;
    }
  }
}
