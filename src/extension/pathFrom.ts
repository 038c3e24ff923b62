import { posix, win32 } from 'node:path';

/**
 * The path of a file as an agent that works in a directory finds it: from there where the file is inside of it, else the whole
 * path. Pure. On Windows a relative path has forward slashes, and case makes no difference; elsewhere it does, so that a path
 * which differs in nothing but case stays whole, which is right on every disk.
 */
export function pathFrom(file: string, directory: string, platform: string = process.platform): string {
  const { isAbsolute, relative, sep } = platform === 'win32' ? win32 : posix;
  const path = relative(directory, file);
  const isOutside = path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
  return isOutside ? file : path.replaceAll(sep, '/');
}
