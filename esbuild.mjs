/**
 * Builds everything into `dist/`, or with `--watch` keeps building. All bundles are made in memory first
 * and written only when every one of them succeeded, so a broken edit never leaves half a build.
 */
import { createHash } from 'node:crypto';
import { existsSync, watch as watchFolder } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, context } from 'esbuild';

import { commonJsChunks } from './scripts/commonJsChunks.mjs';
import { slices } from './scripts/slices.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const watching = process.argv.includes('--watch');

/** CommonJS dependencies inside an ESM bundle still call `require` for Node's own modules. */
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  metafile: true,
  sourcemap: 'linked',
  logLevel: 'silent',
  legalComments: 'none',
  loader: { '.ttf': 'file' },
};

/** Without what only readers need; names stay, for what the logs show. */
const small = { minifySyntax: true, minifyWhitespace: true };

/** @type {import('esbuild').BuildOptions} */
const esm = { ...shared, platform: 'node', format: 'esm', banner: { js: requireBanner } };

/** @type {import('esbuild').BuildOptions} */
const insideEditor = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode'],
  // Some dependencies' UMD builds hide their `require` calls from the bundler; their ESM builds do not.
  mainFields: ['module', 'main'],
};

/**
 * Every window loads the first file; what it needs later stands in files of its own.
 *
 * @type {import('esbuild').BuildOptions}
 */
const extension = {
  ...insideEditor,
  ...small,
  format: 'esm',
  splitting: true,
  sourcemap: 'inline',
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  chunkNames: 'extension/[name]-[hash]',
  plugins: [
    slices({ of: 'src/extension/wire.ts', into: 'src/extension/wireSlices.ts' }),
    commonJsChunks({ ...small, target: 'node22' }),
  ],
};

/** @type {import('esbuild').BuildOptions} */
const page = {
  ...shared,
  platform: 'browser',
  format: 'iife',
  target: 'chrome130',
  minify: true,
  drop: ['console'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
};

/**
 * Lets a script that the page loads later use what the first one brought (src/webview/shared.ts), instead of a copy.
 *
 * @type {import('esbuild').Plugin}
 */
const withFirstScript = {
  name: 'with first script',
  setup({ onResolve, onLoad }) {
    const filter =
      /^(preact(\/.*)?|@preact\/signals)$|\/(context|focus|insert|words|icon|inlineCode|askCard|useSettle)\.tsx?$/;
    onResolve({ filter }, ({ path }) => ({ path: path.replace(/^\..*\//, ''), namespace: 'first' }));
    onLoad({ filter: /^/, namespace: 'first' }, ({ path }) => ({
      contents: `module.exports = holdfastShared[${JSON.stringify(path)}]`,
    }));
  },
};

/**
 * One bundle each: where it comes from, where it goes, and for whom.
 *
 * @type {{from: string, to: string, options: import('esbuild').BuildOptions}[]}
 */
const bundles = [
  { from: 'src/extension/activate.ts', to: 'dist/extension.cjs', options: extension },
  // The runtime is copied alone into the data directory and run from there.
  { from: 'src/runtime/main.ts', to: 'dist/runtime.mjs', options: { ...esm, ...small, target: 'node24' } },
  {
    from: 'src/cli/main.ts',
    to: 'dist/cli.js',
    options: { ...esm, ...small, target: 'node20', banner: { js: `#!/usr/bin/env node\n${requireBanner}` } },
  },
  { from: 'src/client/api.ts', to: 'dist/index.js', options: { ...esm, target: 'node20' } },
  { from: 'src/webview/main.tsx', to: 'dist/webview/chat.js', options: page },
  // Loaded by the page when it has code to colour.
  {
    from: 'src/webview/highlight/main.ts',
    to: 'dist/webview/highlight.js',
    options: { ...page, globalName: 'holdfastHighlight' },
  },
  // Loaded by the page when a person first looks for something.
  {
    from: 'src/webview/find/main.ts',
    to: 'dist/webview/find.js',
    options: { ...page, globalName: 'holdfastFind' },
  },
  // Loaded by the page as soon as it shows a session.
  {
    from: 'src/webview/composer/main.tsx',
    to: 'dist/webview/composer.js',
    options: { ...page, globalName: 'holdfastComposer', plugins: [withFirstScript] },
  },
  // Loaded by the page with the first row that needs it.
  {
    from: 'src/webview/later/main.tsx',
    to: 'dist/webview/later.js',
    options: { ...page, globalName: 'holdfastLater', plugins: [withFirstScript] },
  },
  // Loaded by the page with its first formula.
  {
    from: 'src/webview/math/main.ts',
    to: 'dist/webview/math.js',
    options: { ...page, globalName: 'holdfastMath', plugins: [withFirstScript] },
  },
  // Loaded by the page with its first diagram.
  {
    from: 'src/webview/diagrams/main.ts',
    to: 'dist/webview/diagrams.js',
    options: {
      ...page,
      globalName: 'holdfastDiagrams',
      plugins: [withFirstScript],
      alias: {
        katex: './src/webview/diagrams/leftOut.ts',
        'elkjs/lib/elk.bundled.js': './src/webview/diagrams/leftOut.ts',
      },
    },
  },
  {
    from: 'test/editor/suite.ts',
    to: 'dist/test/editor/index.cjs',
    options: { ...insideEditor, external: ['vscode', 'mocha'] },
  },
];

/** Files that are taken as they are. */
const copies = ['codicon.css', 'codicon.ttf'].map((name) => ({
  from: `node_modules/@vscode/codicons/dist/${name}`,
  to: `dist/webview/${name}`,
}));

const present = bundles.filter(({ from }) => {
  if (existsSync(join(root, from))) return true;
  console.log(`skipped ${from}: it does not exist yet`);
  return false;
});

if (watching) await watch();
else if (!(await buildOnce())) process.exitCode = 1;

/** Builds all bundles; writes them if all succeeded. Prints what is wrong otherwise. */
async function buildOnce() {
  const started = performance.now();
  const outcomes = await Promise.allSettled(present.map((bundle) => build(withOutput(bundle))));
  if (!(await finish(outcomes, started))) return false;
  await removeOldChunks(outcomes);
  return true;
}

/**
 * Removes the parts of earlier builds, whose names tell what is in them. Not while watching: a window that runs may need
 * one until it is reloaded.
 *
 * @param {PromiseSettledResult<import('esbuild').BuildResult>[]} outcomes
 */
async function removeOldChunks(outcomes) {
  const files = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? (outcome.value.outputFiles ?? []) : [],
  );
  const built = new Set(files.map(({ path }) => path));
  const folder = join(root, 'dist/extension');
  for (const name of await readdir(folder)) {
    if (!built.has(join(folder, name))) await rm(join(folder, name));
  }
}

/** Builds again whenever a source changed, reusing what esbuild knows. */
async function watch() {
  const contexts = await Promise.all(present.map((bundle) => context(withOutput(bundle))));
  let building = Promise.resolve();
  let timer = setTimeout(rebuild, 0);
  for (const folder of ['src', 'test/editor']) {
    if (!existsSync(join(root, folder))) continue;
    watchFolder(join(root, folder), { recursive: true }, () => {
      // An editor's save is several events; one build answers them all.
      clearTimeout(timer);
      timer = setTimeout(rebuild, 50);
    });
  }
  function rebuild() {
    building = building.then(async () => {
      console.log('building…');
      const started = performance.now();
      await finish(await Promise.allSettled(contexts.map((each) => each.rebuild())), started);
      console.log('watching for changes');
    });
  }
}

/**
 * @param {typeof bundles[number]} bundle
 * @returns {import('esbuild').BuildOptions}
 */
function withOutput({ from, to, options }) {
  if (options.splitting !== true) return { ...options, entryPoints: [from], outfile: to };
  return { ...options, entryPoints: { [basename(to, '.cjs')]: from } };
}

/**
 * Writes the bundles if all succeeded, else prints the errors; says how long it took.
 *
 * @param {PromiseSettledResult<import('esbuild').BuildResult>[]} outcomes In the order of `present`.
 * @param {number} started A value of `performance.now()`.
 */
async function finish(outcomes, started) {
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') console.error(String(outcome.reason?.message ?? outcome.reason));
  }
  if (outcomes.some(({ status }) => status === 'rejected')) {
    console.error('build failed: nothing was written');
    return false;
  }
  const results = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const files = results.flatMap((result) => result.outputFiles ?? []);
  await Promise.all(files.map((file) => replace(file.path, file.contents)));
  await Promise.all(copies.map(copy));
  await Promise.all(results.map((result, index) => describe(present[index]?.to, result)));
  console.log(`built ${results.length} bundles in ${Math.round(performance.now() - started)} ms`);
  return true;
}

/**
 * Writes what goes beside a bundle: the runtime's build id, the page's metafile, the CLI's execute bit.
 *
 * @param {string | undefined} to
 * @param {import('esbuild').BuildResult} result
 */
async function describe(to, result) {
  if (to === 'dist/runtime.mjs') {
    const bundle = await readFile(join(root, to));
    const buildId = createHash('sha256').update(bundle).digest('hex').slice(0, 16);
    const about = { buildId, protocol: await protocolRange() };
    await replace(join(root, 'dist/runtime.json'), `${JSON.stringify(about, null, 2)}\n`);
  }
  if (to === 'dist/webview/chat.js') {
    await replace(join(root, 'dist/webview/meta.json'), JSON.stringify(result.metafile));
  }
  if (to === 'dist/cli.js') await chmod(join(root, to), 0o755);
}

/** What src/protocol/version.ts exports as PROTOCOL, read anew each time and on a Node that knows no TypeScript. */
async function protocolRange() {
  const entryPoints = ['src/protocol/version.ts'];
  const options = { ...shared, format: /** @type {const} */ ('esm'), outdir: 'dist', sourcemap: false };
  const { outputFiles } = await build({ ...options, entryPoints });
  const code = Buffer.from(outputFiles?.[0]?.contents ?? []).toString('base64');
  const { PROTOCOL } = await import(`data:text/javascript;base64,${code}`);
  return { min: PROTOCOL.min, max: PROTOCOL.max };
}

/** @param {{from: string, to: string}} file */
async function copy({ from, to }) {
  await mkdir(join(root, dirname(to)), { recursive: true });
  await copyFile(join(root, from), join(root, to));
}

/**
 * Replaces a file in one step, and leaves it alone when nothing changed: a program that starts meanwhile
 * reads the old or the new one, never half.
 *
 * @param {string} path
 * @param {Uint8Array | string} contents
 */
async function replace(path, contents) {
  const old = await readFile(path).catch(() => undefined);
  if (old?.equals(Buffer.from(contents))) return;
  await mkdir(dirname(path), { recursive: true });
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
  await writeFile(beside, contents);
  await rename(beside, path);
}
