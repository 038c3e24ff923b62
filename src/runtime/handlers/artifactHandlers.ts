import type { artifactMethods } from '../../protocol/methods/artifactMethods.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { HoldfastError } from '../../protocol/errors.ts';
import { foldArtifacts, type Artifact } from '../work/artifactList.ts';
import { addressing } from './addressing.ts';
import type { HandlerParts, Handlers } from './handlerParts.ts';

/** Answers requests for the files a session produced (C4), from the journal alone. */
export function artifactHandlers(parts: HandlerParts): Handlers<keyof typeof artifactMethods> {
  const { journal, sessions, idempotency } = parts;
  const addressed = addressing(sessions);
  /** By what the head says of a session's artifacts, which is another object after each that is new (law 5). */
  const lists = new WeakMap<object, readonly Artifact[]>();
  const listed = (sessionId: SessionId): readonly Artifact[] => {
    const told = journal.head(sessionId)?.head.artifacts;
    const known = told && lists.get(told);
    if (known !== undefined) return known;
    const list = [...foldArtifacts(journal.ofType(sessionId, 'artifact.updated')).values()].toSorted(
      (a, b) => compare(a.path, b.path) || compare(a.directory, b.directory),
    );
    if (told !== undefined) lists.set(told, list);
    return list;
  };
  const find = (
    sessionId: SessionId,
    { directory, path }: { readonly directory?: string | undefined; readonly path: string },
  ) => {
    const found = listed(sessionId).find(
      (artifact) => artifact.path === path && (directory === undefined || artifact.directory === directory),
    );
    if (found?.blob !== undefined) return { artifact: found, blob: found.blob };
    const why = found === undefined ? 'there is no artifact' : 'the content is too large to be kept of';
    throw new HoldfastError('artifactNotFound', `${why} ${path} in session ${sessionId}`, {
      sessionId,
      path,
    });
  };
  return {
    'artifact/list': ({ sessionId: given, after, limit }, caller) => {
      const { sessionId } = addressed(given, caller);
      const all = listed(sessionId);
      const next = after + limit < all.length ? { next: after + limit } : {};
      return { sessionId, artifacts: all.slice(after, after + limit), ...next };
    },

    'artifact/read': ({ sessionId: given, offset, length, ...which }, caller) => {
      const { sessionId } = addressed(given, caller);
      const { artifact, blob } = find(sessionId, which);
      const part = journal.readBlob(blob.sha256, { offset, length }) ?? gone(artifact);
      return {
        sessionId,
        artifact,
        offset,
        size: part.size,
        data: Buffer.from(part.bytes).toString('base64'),
      };
    },

    'artifact/upload': ({ sessionId, directory, path, commandId, ...request }) =>
      idempotency.run(commandId, 'artifact/upload', async () => {
        const session = sessions.get(sessionId);
        const { artifact, blob } = find(sessionId, { directory, path });
        const { bytes } = journal.readBlob(blob.sha256) ?? gone(artifact);
        const status = await session.uploads.run(commandId, artifact, { ...request, bytes });
        return { kept: { sessionId, artifact, status } };
      }),

    'artifact/cancelUpload': ({ sessionId, commandId, upload }) =>
      idempotency.run(commandId, 'artifact/cancelUpload', () => ({
        kept: { sessionId, cancelled: sessions.get(sessionId).uploads.cancel(upload) },
      })),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** An import may have brought the list without the content. */
function gone({ path }: Artifact): never {
  throw new HoldfastError('artifactNotFound', `the content of ${path} is not there any more`);
}
