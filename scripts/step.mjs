/**
 * Progress for a person at a terminal: work that takes over a second says what it is doing, and when
 * it is done how long it took; quicker work says nothing.
 */

/** A failure whose message is written for the person: it is printed without a stack. */
export class Failure extends Error {}

/**
 * Runs `work`, printing `title…` if it is still going after one second and the time it took at its end.
 *
 * @template T
 * @param {string} title What is happening, as a phrase: "Installing dependencies".
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>} What `work` returned.
 */
export async function step(title, work) {
  const started = performance.now();
  let announced = false;
  const announce = setTimeout(() => {
    announced = true;
    process.stderr.write(`${title}…\n`);
  }, 1000);
  try {
    const result = await work();
    if (announced) process.stderr.write(`${title}: done in ${seconds(started)}\n`);
    return result;
  } finally {
    clearTimeout(announce);
  }
}

/**
 * Seconds since `started`, for a line of progress.
 *
 * @param {number} started A value of `performance.now()`.
 */
export function seconds(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

/**
 * Runs a script's main function: a `Failure` prints its words alone, anything else its stack; both
 * end the process with code 1.
 *
 * @param {() => Promise<void> | void} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    const text =
      error instanceof Failure ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`\n${text}\n`);
    process.exitCode = 1;
  }
}
