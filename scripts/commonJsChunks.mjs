/** Code splitting for CommonJS, which esbuild has for ES modules alone. */
import { basename, dirname, relative, resolve } from 'node:path';

import { build } from 'esbuild';

import { sliceIndex } from './slices.mjs';

/** What is imported of a part elsewhere or of the editor, as esbuild writes it: a copy of all of it for each module that imports it. */
const copied = new RegExp(
  ['__toESM(require(NAME))', '__importStar((0,HELPERS.__require)(NAME))', 'require(NAME)']
    .map((way) => way.replaceAll(/[().]/g, '\\$&').replace('HELPERS', '\\w+'))
    .map((way) => way.replace('NAME', '"(?:part:[^"]+|vscode)"'))
    .join('|'),
  'g',
);

/**
 * @typedef {Pick<import('esbuild').BuildOptions, 'minifySyntax' | 'minifyWhitespace' | 'target'>} Written How files are written.
 */

/**
 * A bundle that was split as ES modules, by the paths of its files.
 *
 * @typedef {object} SplitBundle
 * @property {string} entry
 * @property {readonly string[]} slices In the order in which they are loaded.
 * @property {ReadonlyMap<string, string>} texts Each file's text, its source map in it.
 * @property {ReadonlyMap<string, readonly string[]>} needs The files that each one needs at once.
 * @property {ReadonlyMap<string, string>} homes The file that another one becomes a part of; a home is its own.
 */

/**
 * Makes CommonJS of a bundle that was split as ES modules. Every file that an extension host loads has its price: so all that
 * the entry needs at once stands in one file, and in one file each what a slice (`slices.mjs`) needs beyond it and the slices
 * before. What else is imported on demand stands in files of its own and is required when it is first needed. So has every
 * `require`, and every copy that one module makes of another: so the entry exports one table of all parts, `parts`, with the
 * editor's API; the slices add theirs to it, and all take from it.
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
        const bundle = withHomes({ entry, texts, ...filesOf(result.metafile, absWorkingDir) });
        const standing = [...texts.keys()].filter((path) => (bundle.homes.get(path) ?? path) === path);
        const built = standing.map((path) => asCommonJs(path, bundle, options));
        result.outputFiles = (await Promise.all(built)).flat();
      });
    },
  };
}

/**
 * Which files are slices, and what each file needs at once.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {string} root
 */
function filesOf({ outputs }, root) {
  const files = Object.entries(outputs).map(([path, { entryPoint, imports }]) => {
    const atOnce = imports.filter(({ kind, external }) => kind === 'import-statement' && external !== true);
    const needs = atOnce.map((needed) => resolve(root, needed.path));
    return { path: resolve(root, path), slice: sliceIndex(entryPoint) ?? -1, needs };
  });
  const slices = files.filter(({ slice }) => slice !== -1).toSorted((a, b) => a.slice - b.slice);
  return {
    slices: slices.map(({ path }) => path),
    needs: new Map(files.map(({ path, needs }) => [path, needs])),
  };
}

/**
 * Gives the entry and each slice what none before has.
 *
 * @param {Omit<SplitBundle, 'homes'>} bundle
 * @returns {SplitBundle}
 */
function withHomes(bundle) {
  /** @type {Map<string, string>} */
  const homes = new Map();
  /** @param {string} path @param {string} home */
  const take = (path, home) => {
    if (homes.has(path)) return;
    homes.set(path, home);
    for (const needed of bundle.needs.get(path) ?? []) take(needed, home);
  };
  for (const home of [bundle.entry, ...bundle.slices]) take(home, home);
  return { ...bundle, homes };
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
    banner: { js: tableOfParts(path, bundle) },
    sourcemap: 'linked',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [inMemory(path, bundle)],
  });
  return outputFiles.map((file) => (file.path === path ? withoutCopies(file) : file));
}

/**
 * What a file begins with: the table, in which is then what it needs.
 *
 * @param {string} path
 * @param {SplitBundle} bundle
 */
function tableOfParts(path, { entry, slices, needs, homes }) {
  if (path === entry) return 'const __parts={vscode:(0,require)("vscode")};';
  const table = `const __parts=require(${JSON.stringify(fromTo(path, entry))}).parts;`;
  const needed = (needs.get(path) ?? []).map((need) => slices.indexOf(homes.get(need) ?? need));
  const before = slices[slices.includes(path) ? slices.indexOf(path) - 1 : Math.max(-1, ...needed)];
  if (before === undefined) return table;
  return `${table}__parts[${JSON.stringify(basename(before))}]??require(${JSON.stringify(fromTo(path, before))});`;
}

/**
 * @param {string} path
 * @param {SplitBundle} bundle
 */
function withParts(path, { entry, homes }) {
  const parts = [...homes].flatMap(([part, home]) => (home === path ? [part] : []));
  return [
    `export * from ${JSON.stringify(fromTo(path, path))};`,
    ...(path === entry ? ['export const parts = __parts;'] : []),
    ...parts.map((part, index) => `import * as part${index} from ${JSON.stringify(fromTo(path, part))};`),
    `Object.assign(__parts, {${parts.map((part, index) => `${JSON.stringify(basename(part))}: part${index}`).join()}});`,
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
      onResolve({ filter: /^/ }, ({ path, pluginData }) => {
        const target = resolve(dirname(pluginData ?? file), path);
        if (!texts.has(target)) return { path, external: true };
        const home = homes.get(target) ?? target;
        // What a file is called here stands in the bundle.
        if (home === file) return { path: basename(target, '.cjs'), namespace: 'built', pluginData: target };
        return { path: home === target ? fromTo(file, target) : `part:${basename(target)}`, external: true };
      });
      onLoad({ filter: /^/, namespace: 'built' }, ({ pluginData: path }) => ({
        contents: texts.get(path) ?? '',
        pluginData: path,
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
 * A file in which all modules have what stands in the table itself. What is put in is as long as what was there: the source
 * map stays true.
 *
 * @param {import('esbuild').OutputFile} file
 * @returns {import('esbuild').OutputFile}
 */
function withoutCopies({ path, text: copies, hash }) {
  const text = copies.replace(copied, (copy) => {
    const [, name = ''] = /"(?:part:)?([^"]+)"/.exec(copy) ?? [];
    return `__parts[${JSON.stringify(name)}]`.padEnd(copy.length);
  });
  return { path, text, hash, contents: new TextEncoder().encode(text) };
}
