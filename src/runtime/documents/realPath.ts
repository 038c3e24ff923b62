import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';

/** A link that leads nowhere: writing would follow it. */
export class DanglingLink extends Error {
  constructor(file: string) {
    super(`${file} is a link that leads nowhere`);
    this.name = 'DanglingLink';
  }
}

/**
 * The real path of a file that may not be there yet, nor the folders it is in. Rejects with `DanglingLink`, or with the
 * system's error.
 */
export async function realPathOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const found = await lstat(file).catch(() => undefined);
  if (found?.isSymbolicLink() === true) throw new DanglingLink(file);
  // What is no link came only now.
  if (found !== undefined) return realpath(file);
  const folder = path.dirname(file);
  return folder === file ? file : path.join(await realPathOf(folder), path.basename(file));
}

/** Whether a path is a folder or lies in it; both are real and absolute. */
export function isInside(folder: string, file: string): boolean {
  const inside = path.relative(folder, file);
  return inside !== '..' && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside);
}

/** Whether the system says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
