import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The path of a document on this machine, from the URI that a window has for it: percent-encoded, on Windows with a drive
 * letter in either case or a share. `undefined` for whatever is no file here: `untitled`, `git`, a notebook's cell, and the
 * remote schemes. Where the runtime runs on the remote machine, its window names the files there with `file` as well.
 */
export function fileOfUri(uri: string, windows = process.platform === 'win32'): string | undefined {
  if (!/^file:\/\//iu.test(uri)) return undefined;
  try {
    return fileURLToPath(uri, { windows });
  } catch {
    // A host that is not ours, an encoded separator, no drive letter: no file that we could reach.
    return undefined;
  }
}

/** The URI of a path. */
export function uriOfFile(file: string): string {
  return pathToFileURL(file).href;
}
