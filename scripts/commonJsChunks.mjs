/** Code splitting for CommonJS, which esbuild has for ES modules alone. */
import { basename, dirname, relative, resolve } from 'node:path';

import { build } from 'esbuild';

import { sliceIndex } from './slices.mjs';

/** What `import * as vscode` becomes of itself: a copy of the whole API for each module that imports it. */
const copied = ['__toESM(require("vscode"))', 'require("vscode")'];

/**
 * @typedef {Pick<import('esbuild').BuildOptions, 'minifySyntax' | 'minifyWhitespace' | 'target'>} Written How files are written.
 */

/**
 * A bundle that was split as ES modules, by the paths of its files.
 *
 * @typedef {object} SplitBundle
 * @property {ReadonlyMap<string, string>} texts Each file's text, its source map in it.
 * @property {ReadonlyMap<string, string>} homes The file that another one becomes a part of; a home is its own.
 */

/**
 * Makes CommonJS of a bundle that was split as ES modules. Every file that an extension host loads has its price: so all that
 * the entry needs at once stands in one file, and in one file each what a slice (`slices.mjs`) needs beyond it and the slices
 * before. What else is imported on demand stands in files of its own and is required when it is first needed. What a file
 * shares with others they take from it as its export `parts`.
 *
 * @param {Written} options
 * @returns {import('esbuild').Plugin}
 */
export function commonJsChunks(options) {
  return {
    name: 'CommonJS chunks',
    setup({ initialOptions, onEnd }) {
      const { absWorkingDir = '', outdir = '', entryPoints = {} } = initialOptions;
      const entry = resolve(absWorkingDir, outdir, `${Object.keys(entryPoints)[0]}.cjs`);
      onEnd(async (result) => {
        const files = (result.outputFiles ?? []).filter(({ path }) => path.endsWith('.cjs'));
        if (result.metafile === undefined || files.length === 0) return;
        const texts = new Map(files.map(({ path, text }) => [path, text]));
        const homes = homesOf(entry, result.metafile, absWorkingDir);
        const standing = [...texts.keys()].filter((path) => (homes.get(path) ?? path) === path);
        const built = standing.map((path) => asCommonJs(path, { texts, homes }, options));
        result.outputFiles = (await Promise.all(built)).flat();
      });
    },
  };
}

/**
 * Gives the entry and each slice, in the order in which they are loaded, what none before has.
 *
 * @param {string} entry
 * @param {import('esbuild').Metafile} metafile
 * @param {string} root
 */
function homesOf(entry, { outputs }, root) {
  const slices = Object.entries(outputs)
    .map(([path, { entryPoint }]) => ({ path, index: sliceIndex(entryPoint) ?? -1 }))
    .filter(({ index }) => index !== -1)
    .toSorted((a, b) => a.index - b.index);
  /** @type {Map<string, string>} */
  const homes = new Map();
  /** @param {string} path @param {string} home */
  const take = (path, home) => {
    const file = resolve(root, path);
    if (homes.has(file)) return;
    homes.set(file, home);
    for (const { path: needed, kind, external } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && external !== true) take(needed, home);
  };
  for (const { path } of [{ path: relative(root, entry).replaceAll('\\', '/') }, ...slices])
    take(path, resolve(root, path));
  return homes;
}

/**
 * @param {string} path A file that stands by itself.
 * @param {SplitBundle} bundle
 * @param {Written} options
 * @returns {Promise<import('esbuild').OutputFile[]>} The file and its source map.
 */
async function asCommonJs(path, bundle, options) {
  const { outputFiles } = await build({
    ...options,
    stdin: { contents: withParts(path, bundle), resolveDir: dirname(path), sourcefile: basename(path) },
    outfile: path,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    // `import()` becomes a deferred `require`: an extension host finds `vscode` for what was required.
    supported: { 'dynamic-import': false },
    banner: { js: 'const __vscode=(0,require)("vscode");' },
    sourcemap: 'linked',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [inMemory(path, bundle)],
  });
  return outputFiles.map((file) => (file.path === path ? withOneApi(file) : file));
}

/**
 * @param {string} path
 * @param {SplitBundle} bundle
 */
function withParts(path, { homes }) {
  const parts = [...homes].filter(([part, home]) => home === path && part !== path).map(([part]) => part);
  return [
    `export * from ${JSON.stringify(fromTo(path, path))};`,
    ...parts.map((part, index) => `import * as part${index} from ${JSON.stringify(fromTo(path, part))};`),
    `export const parts = {${parts.map((part, index) => `${JSON.stringify(basename(part))}: part${index}`).join()}};`,
  ].join('\n');
}

/**
 * Finds the files of the bundle, for one of them.
 *
 * @param {string} file
 * @param {SplitBundle} bundle
 * @returns {import('esbuild').Plugin}
 */
function inMemory(file, { texts, homes }) {
  return {
    name: 'in memory',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^/ }, ({ path, namespace, pluginData }) => {
        /** @type {string} */
        const importer = pluginData ?? file;
        const target = resolve(dirname(importer), path);
        if (namespace === 'part' || !texts.has(target)) return { path, external: true };
        const home = homes.get(target) ?? target;
        if (home === target && home !== file) return { path: fromTo(file, target), external: true };
        // What a file is called here stands in the bundle.
        return {
          path: basename(target),
          namespace: home === file ? 'built' : 'part',
          pluginData: target,
        };
      });
      onLoad({ filter: /^/, namespace: 'built' }, ({ pluginData: path }) => ({
        contents: texts.get(path) ?? '',
        pluginData: path,
      }));
      onLoad({ filter: /^/, namespace: 'part' }, ({ path, pluginData }) => ({
        contents: `module.exports = require(${JSON.stringify(fromTo(file, homes.get(pluginData) ?? ''))}).parts[${JSON.stringify(path)}]`,
      }));
    },
  };
}

/**
 * How a file names another one.
 *
 * @param {string} file
 * @param {string} other
 */
function fromTo(file, other) {
  const path = relative(dirname(file), other).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

/**
 * A file in which all modules have the editor's API itself. What is put in is as long as what was there: the source map stays
 * true.
 *
 * @param {import('esbuild').OutputFile} file
 * @returns {import('esbuild').OutputFile}
 */
function withOneApi({ path, text: copies, hash }) {
  const text = copied.reduce((all, copy) => all.replaceAll(copy, '__vscode'.padEnd(copy.length)), copies);
  return { path, text, hash, contents: new TextEncoder().encode(text) };
}
