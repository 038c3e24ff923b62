import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { noteElsewhere } from '../temporaryFolder.ts';

/** Where a file is that has not come whole. */
export interface PartialPlace {
  /** The folder that it is meant for, so that it gets to its place by its name alone. */
  readonly folder: string;
  /** Where it is noted, for the runtime after one that was killed; see `temporaryFolder`. */
  readonly temporary: string | undefined;
}

/** Does something with a file that does not exist yet, and removes what is left of it afterwards, whatever becomes of it. */
export async function withPartialFile<T>(
  { folder, temporary }: PartialPlace,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const file = path.join(folder, `${randomUUID()}.part`);
  const note = noteElsewhere(file, temporary);
  try {
    return await use(file);
  } finally {
    const removed = rm(file, { force: true }).then(() => note.dispose());
    // What cannot be removed is left to the next runtime.
    await removed.catch(() => undefined);
  }
}
