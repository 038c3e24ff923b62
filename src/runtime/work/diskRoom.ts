import { statfs } from 'node:fs/promises';

const MIB = 1024 * 1024;

/** Bytes that stay free on a disk, whatever is fetched to it: the journal may be there, and what people work on. */
export const KEPT_FREE_BYTES = 64 * MIB;

/** Bytes that may be written to the disk of a folder. */
export type FreeBytes = (folder: string) => Promise<number>;

/**
 * Says in words what lacks for so many bytes more on the disk of a folder; `undefined` where there is room. What the system does
 * not tell is no lack.
 */
export async function lackOfRoom(
  folder: string,
  bytes: number,
  freeBytes: FreeBytes = freeBytesOf,
): Promise<string | undefined> {
  const free = await freeBytes(folder).catch(() => Infinity);
  const needed = bytes + KEPT_FREE_BYTES;
  if (free >= needed) return undefined;
  const inMib = (value: number): number => Math.ceil(value / MIB);
  return `there is too little room on the disk of ${folder}: ${Math.floor(free / MIB)} MiB are free, and ${inMib(needed)} MiB are needed`;
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
