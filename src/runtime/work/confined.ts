import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { HoldfastError } from '../../protocol/errors.ts';

/** Whether a path is a directory or lies in it, by their names alone. */
export function isWithin(directory: string, file: string): boolean {
  const inside = path.relative(directory, file);
  return inside !== '..' && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside);
}

/** A path that is meant from the first root, absolute. Throws `invalidParams` when its name leads out of all roots (S3). */
export function resolveWithin(roots: readonly string[], given: string, what: string): string {
  const absolute = path.resolve(roots[0] ?? '/', given);
  if (!given.includes('\0') && roots.some((root) => isWithin(root, absolute))) return absolute;
  throw new HoldfastError('invalidParams', `${what} ${given} is outside of this session's directories`);
}

/** Whether a path stays within the roots when every link on its way is followed; what is missing is taken by its name. */
export async function staysWithin(roots: readonly string[], file: string): Promise<boolean> {
  const real = await realPathOf(file);
  if (real === undefined) return false;
  for (const root of roots) if (isWithin(await realpath(root).catch(() => root), real)) return true;
  return false;
}

/** `undefined` for a link that leads nowhere: writing would follow it. */
async function realPathOf(file: string): Promise<string | undefined> {
  try {
    return await realpath(file);
  } catch {
    const found = await lstat(file).catch(() => undefined);
    // What is no link came only now.
    if (found !== undefined)
      return found.isSymbolicLink() ? undefined : realpath(file).catch(() => undefined);
    if (path.dirname(file) === file) return undefined;
    const parent = await realPathOf(path.dirname(file));
    return parent === undefined ? undefined : path.join(parent, path.basename(file));
  }
}
