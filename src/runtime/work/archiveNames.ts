import path from 'node:path';
import type { Entry } from 'yauzl';

/** Names that Windows keeps for devices, whatever stands after a dot. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/iu;
/** What no file name needs: control characters, and what means something to Windows. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f<>:"|?*]/u;

/**
 * A name from an archive as the parts of a path inside the folder it is unpacked into, or why it is refused: it leads
 * elsewhere, or means something else on some system. Both slashes divide. No parts for the folder itself.
 */
export function safeParts(
  name: string,
): { readonly parts: readonly string[] } | { readonly refused: string } {
  if (/^[\\/]/u.test(name) || /^[A-Za-z]:/u.test(name)) return { refused: 'it is absolute' };
  const parts = name.split(/[\\/]/u).filter((part) => part !== '' && part !== '.');
  for (const part of parts) {
    if (part === '..') return { refused: 'it leads out of the folder' };
    if (FORBIDDEN.test(part)) return { refused: 'it has characters that no file name needs' };
    if (DEVICE.test(part)) return { refused: 'it names a device' };
    if (/[. ]$/u.test(part)) return { refused: 'it ends with a dot or a space' };
  }
  return { parts };
}

/** A path relative to a folder, with slashes of this system; `undefined` when it is not inside. */
export function inside(folder: string, file: string): string | undefined {
  const relative = path.relative(folder, path.resolve(folder, file));
  const leaves = relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  return relative === '' || leaves ? undefined : relative;
}

const KIND_BITS = 0o170000;
const PLAIN_FILE = 0o100000;
const FOLDER = 0o040000;

/** Why an entry that is neither a file nor a folder is refused: a link, a device. */
export const NO_PLAIN_FILE = 'it is no plain file';

/** What an entry of a zip archive is, with its Unix mode, 0 where it was made elsewhere; or why it is refused. */
export function zipEntryKind({
  fileName,
  externalFileAttributes,
}: Pick<Entry, 'fileName' | 'externalFileAttributes'>):
  | { readonly isFolder: boolean; readonly mode: number }
  | { readonly refused: string } {
  // Unix keeps its own mode in the upper half, where the archive was made there.
  const mode = externalFileAttributes >>> 16;
  const kind = mode & KIND_BITS;
  if (kind !== 0 && kind !== PLAIN_FILE && kind !== FOLDER) return { refused: NO_PLAIN_FILE };
  return { isFolder: /[\\/]$/u.test(fileName) || kind === FOLDER, mode };
}
