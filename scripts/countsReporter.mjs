/**
 * A reporter for `node --test` that writes one JSON line for every finished test, for scripts/test.mjs
 * to add up. Suites are not tests: one counts only when it failed by itself, in a hook for example.
 */

/**
 * @typedef {{outcome: 'passed' | 'failed' | 'skipped', name: string, file?: string, why?: string}} Line
 */

/** @param {AsyncIterable<import('node:test/reporters').TestEvent>} source */
// oxlint-disable-next-line import/no-default-export -- node:test takes a reporter from the default export
export default async function* countsReporter(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const line = type === 'test:pass' ? passed(data) : failed(data);
    if (line) yield `${JSON.stringify(line)}\n`;
  }
}

/**
 * @param {import('node:test').EventData.TestPass} data
 * @returns {Line | undefined}
 */
function passed({ name, file, skip, todo, nesting, details }) {
  if (details.type === 'suite') return undefined;
  // A file without any test is itself reported as one that passed.
  if (nesting === 0 && file && file.endsWith(name) && /\.test\.[a-z]+$/.test(name)) return undefined;
  const left = (skip !== undefined && skip !== false) || (todo !== undefined && todo !== false);
  return { outcome: left ? 'skipped' : 'passed', name, ...(file && { file }) };
}

/**
 * @param {import('node:test').EventData.TestFail} data
 * @returns {Line | undefined}
 */
function failed({ name, file, todo, details }) {
  const cause = /** @type {{failureType?: string}} */ (details.error).failureType;
  if (details.type === 'suite' && cause === 'subtestsFailed') return undefined;
  if (todo !== undefined && todo !== false) return { outcome: 'skipped', name, ...(file && { file }) };
  const { cause: thrown } = /** @type {{cause?: unknown}} */ (details.error);
  const error = thrown instanceof Error ? thrown : details.error;
  const why = thrown instanceof Error || typeof thrown !== 'string' ? (error.stack ?? error.message) : thrown;
  return { outcome: 'failed', name, ...(file && { file }), why };
}
