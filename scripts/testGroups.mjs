/** What `npm test` consists of. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ensureAgents } from './agents.mjs';
import { ensureBrowser } from './browser.mjs';
import { ensureEditor } from './editor.mjs';
import { root } from './run.mjs';

/**
 * @typedef {object} Group
 * @property {string[][]} [commands] Programs on Node, each counting as one test together.
 * @property {string} [tests] The folder of its test files.
 * @property {() => Promise<unknown>} [prepare] What must be there before; may install it.
 * @property {string[]} [options] For Node's test runner.
 * @property {number} [minutes] After these, the group is stopped and has failed.
 * @property {boolean} [onRequest] Not part of `npm test` alone.
 * @property {boolean} [needed] What fails here makes later groups pointless.
 * @property {boolean} [linuxOnly]
 * @property {boolean} [runsAgain] A file of it that fails runs once more, and what then passes is told apart.
 * @property {boolean} [cleansUp] Its tests get a folder for temporary files that goes with the run.
 */

/**
 * The groups in the order they run, by the names one can ask for.
 *
 * @type {Record<string, Group>}
 */
export const groups = {
  types: {
    commands: [
      bin('typescript', 'tsc'),
      ...projects().map((path) => [...bin('typescript', 'tsc'), '-p', path]),
    ],
  },
  lint: { commands: [bin('oxlint', 'oxlint'), [...bin('oxfmt', 'oxfmt'), '--check']] },
  build: { commands: [['esbuild.mjs'], ['scripts/declarations.mjs']], needed: true },
  unit: { tests: 'test/unit', options: ['--test-timeout=120000'], minutes: 20, cleansUp: true },
  fuzz: { tests: 'test/fuzz', options: ['--test-timeout=180000'], minutes: 20, cleansUp: true },
  scenarios: {
    tests: 'test/scenarios',
    options: ['--test-timeout=120000', '--test-concurrency=2'],
    minutes: 40,
    cleansUp: true,
  },
  agents: {
    tests: 'test/agents',
    prepare: ensureAgents,
    options: ['--test-timeout=180000', '--test-concurrency=1'],
    minutes: 10,
  },
  page: {
    tests: 'test/page',
    prepare: ensureBrowser,
    options: ['--test-timeout=120000', '--test-concurrency=1'],
    minutes: 30,
  },
  editor: {
    tests: 'test/editor',
    prepare: async () => {
      await ensureBrowser();
      await ensureEditor();
    },
    options: ['--test-timeout=180000', '--test-concurrency=1'],
    minutes: 30,
    // Keys and clicks meet an editor that is not ours while it moves.
    runsAgain: true,
    linuxOnly: true,
  },
  soak: {
    tests: 'test/soak',
    options: ['--test-timeout=600000', '--test-concurrency=1'],
    minutes: 60,
    onRequest: true,
  },
};

/**
 * The arguments that run a dependency's program with Node, without the shims of `.bin`.
 *
 * @param {string} dependency
 * @param {string} program
 */
function bin(dependency, program) {
  const folder = join(root, 'node_modules', dependency);
  const { bin: programs } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return [join(folder, typeof programs === 'string' ? programs : programs[program])];
}

/** The projects beside the root's: they see the DOM's types. */
function projects() {
  return ['src/webview', 'test/page'].filter((folder) => {
    const path = join(root, folder);
    return existsSync(path) && readdirSync(path).some((name) => name !== 'tsconfig.json');
  });
}
