import { readFileSync } from 'node:fs';

/** An id that changes when the machine starts anew, where the platform gives one without asking another program. */
export function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || null;
  } catch {
    return null;
  }
}
