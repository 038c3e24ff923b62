import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { discoverySchema, type Discovery } from '../protocol/discovery.ts';

/** Writes the discovery entry: 0600, a temporary file, synced, renamed, so that a reader sees all of it or none. */
export function writeDiscovery(file: string, entry: Discovery): void {
  const temporary = `${file}.${entry.pid}.tmp`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, JSON.stringify(entry));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

/** Reads an entry; one that is absent or cannot be understood is `undefined`. */
export function readDiscovery(file: string): Discovery | undefined {
  try {
    const parsed = discoverySchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the entry if it is still the one of this runtime. */
export function removeDiscovery(file: string, runtimeId: string): void {
  if (readDiscovery(file)?.runtimeId === runtimeId) rmSync(file, { force: true });
}
