import type { EventOf, SessionEvent } from '../../protocol/events.ts';

/** The last news of an artifact: its place, and its content where it is kept. */
export type Artifact = Omit<EventOf<'artifact.updated'>, 'type' | 'total'>;

/** What tells artifacts of one session apart: directory and path in it. */
export const artifactKey = ({ directory, path }: Pick<Artifact, 'directory' | 'path'>): string =>
  `${directory}\0${path}`;

/** The artifacts there are after some events, by `artifactKey`, in the order they first came. */
export function foldArtifacts(events: Iterable<SessionEvent>): Map<string, Artifact> {
  const known = new Map<string, Artifact>();
  for (const event of events) {
    if (event.type !== 'artifact.updated') continue;
    const { type: _, total: __, ...artifact } = event;
    if (artifact.removed === true) known.delete(artifactKey(artifact));
    else known.set(artifactKey(artifact), artifact);
  }
  return known;
}
