import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { build } from 'esbuild';
import { commonJsChunks } from '../../../scripts/commonJsChunks.mjs';
import { slices } from '../../../scripts/slices.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'slices-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const long = `['${'x'.repeat(10_000)}'].join('').length`;
/** Each says when it is evaluated; `early` and `late` need each other, and which comes first shows in what `early` has of `late`. */
const modules: Readonly<Record<string, string>> = {
  'entry.ts': `
    import * as vscode from 'vscode';
    import { said, say } from './shared.ts';
    import { slices } from './pieces.ts';
    say('entry ' + vscode.version);
    export const pieces = slices;
    export const other = async () => (await import('./other.ts')).other;
    export const run = async () => [(await import('./wire.ts')).answer, await other()];
    export const told = said;`,
  'shared.ts': `export const said: string[] = []; export const say = (word: string) => void said.push(word);`,
  'pieces.ts': `export const slices: (() => Promise<unknown>)[] = [];`,
  'wire.ts': `
    import { say } from './shared.ts';
    import { first } from './first.ts';
    import early from './early.cjs';
    import * as vscode from 'vscode';
    say('wire');
    export const answer = [first, early.late(), vscode.version].join();`,
  'first.ts': `import { say } from './shared.ts'; say('first'); export const first = ${long};`,
  'early.cjs': `
    const late = require('./late.cjs');
    exports.size = ${long};
    exports.late = () => late.word;`,
  'late.cjs': `
    const early = require('./early.cjs');
    exports.word = 'late, after ' + Object.keys(early).length + ' of early';
    exports.size = ${long};`,
  'other.ts': `import { first } from './first.ts'; export const other = first + 1;`,
  'node_modules/vscode/index.js': `exports.version = '1';`,
  'use.cjs': `
    const entry = require('./dist/entry.cjs');
    (async () => {
      const early = process.argv.includes('early') ? await entry.other() : undefined;
      for (const load of entry.pieces) await load();
      const loaded = entry.told.slice();
      console.log(JSON.stringify({ pieces: entry.pieces.length, early, loaded, answers: await entry.run(), told: entry.told }));
    })();`,
};

test('a bundle in slices does what its modules do: each is evaluated once, after what it needs, circles as they are entered', async () => {
  for (const [name, text] of Object.entries(modules)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const written = { minifySyntax: true, minifyWhitespace: true, target: 'node22' };
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: { entry: 'entry.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    chunkNames: 'parts/[name]-[hash]',
    ...{ bundle: true, splitting: true, write: false, metafile: true, format: 'esm', platform: 'node' },
    ...{ external: ['vscode'], sourcemap: 'inline', logLevel: 'silent', ...written },
    plugins: [slices({ of: 'wire.ts', into: 'pieces.ts' }), commonJsChunks(written)],
  });
  for (const { path: file, contents } of outputFiles ?? []) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
  const run = (...args: string[]): unknown =>
    JSON.parse(execFileSync(process.execPath, ['use.cjs', ...args], { cwd: folder, encoding: 'utf8' }));
  const said = {
    pieces: 3,
    loaded: ['entry 1', 'first'],
    answers: ['10000,late, after 0 of early,1', 10_001],
    told: ['entry 1', 'first', 'wire'],
  };
  assert.deepEqual(run(), said);
  assert.deepEqual(run('early'), { ...said, early: 10_001 }, 'what is needed before the slices were loaded');
  const files = readdirSync(path.join(folder, 'dist/parts')).filter((name) => name.endsWith('.cjs'));
  const kinds = files.map((name) => name.replace(/-[^-]*$/, '')).toSorted();
  assert.deepEqual(kinds, ['other', 'slice-0', 'slice-1', 'slice-2', 'wire']);
  assert.ok(!(outputFiles ?? []).some(({ text }) => text.includes(folder)), 'no path of the machine');
});
