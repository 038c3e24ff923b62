/** Processes that outlived the tests that started them. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** What was told to end just before its test did may take this long. */
const graceMs = 30_000;

/**
 * Processes whose environment names `folder`: what tests started, directly or not, and did not end. Only
 * Linux can tell; elsewhere the answer is empty.
 *
 * @param {string} folder A path that only these tests' processes know.
 * @returns {Promise<string[]>} One line each: the process's id and command line.
 */
export async function leftBehind(folder) {
  if (process.platform !== 'linux') return [];
  const deadline = performance.now() + graceMs;
  for (;;) {
    const found = withEnvironment(folder);
    if (found.length === 0 || performance.now() > deadline) return found;
    await delay(50);
  }
}

/** @param {string} text */
function withEnvironment(text) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text)) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
        // A process without a command line has ended and only waits to be reaped.
        return command ? [`process ${pid}: ${command}`] : [];
      } catch {
        return [];
      }
    });
}
