/** Files that are taken of one drop. */
export const MOST_FILES = 50;

/** What a drop on a session names: `T` is an address that was read. */
export interface DroppedFiles<T> {
  readonly files: readonly T[];
  /** What stood there and is no address, as it was written. */
  readonly unread: readonly string[];
  /** How many more there are than are taken of one drop. */
  readonly beyond: number;
}

/** The files of a list of addresses (`text/uri-list`): one that `read` throws for does not keep the others out. */
export function droppedFiles<T>(list: string, read: (address: string) => T): DroppedFiles<T> {
  const addresses = list.split(/\r?\n/u).filter((line) => line !== '' && !line.startsWith('#'));
  const files: T[] = [];
  const unread: string[] = [];
  for (const address of addresses.slice(0, MOST_FILES)) {
    try {
      files.push(read(address));
    } catch {
      unread.push(address);
    }
  }
  return { files, unread, beyond: Math.max(0, addresses.length - MOST_FILES) };
}
