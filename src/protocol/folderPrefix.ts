/**
 * What the path of a folder begins with, and the path of all that is in it with a slash at its end: backslashes are slashes,
 * so that both ways to write a path compare. Pure.
 */
export function folderPrefix(path: string): string {
  return `${path.replaceAll('\\', '/').replace(/\/+$/u, '')}/`;
}
