import { createHash } from 'node:crypto';
import { opendir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Files that are looked at; where there are more, whether something changed is not known. */
const MOST_FILES = 20_000;

/** Folders whose content is made from other files, or changes by being looked at. */
const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules', '.cache', '__pycache__']);

/**
 * A text that is the same as long as no file below a directory is made, changed or removed: from names, sizes and times, not
 * contents. `undefined` when there are too many files to tell, or nobody waits for it any more. Never rejects: what cannot be read is left out.
 */
export async function filesSignature(
  directory: string,
  { signal, most = MOST_FILES }: { readonly signal?: AbortSignal; readonly most?: number } = {},
): Promise<string | undefined> {
  const lines: string[] = [];
  const waiting = [directory];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    try {
      for await (const entry of await opendir(folder)) {
        if (signal?.aborted === true) return undefined;
        const file = path.join(folder, entry.name);
        if (entry.isDirectory()) {
          if (!SKIPPED.has(entry.name)) waiting.push(file);
          continue;
        }
        if (lines.length >= most) return undefined;
        const seen = await stat(file, { bigint: true }).catch(() => undefined);
        lines.push(`${file}\0${seen?.size ?? ''}\0${seen?.mtimeNs ?? ''}`);
      }
    } catch {
      // It went while it was looked at, or is not ours to read.
    }
  }
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}
