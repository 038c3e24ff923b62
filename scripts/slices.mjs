/** Cuts what a module needs into pieces that can be loaded one after the other, with a pause in between. */
import { resolve } from 'node:path';

import { build } from 'esbuild';

/** Bytes of code in a piece: what an extension host takes in within a few milliseconds. */
const MOST_BYTES = 24_000;

/** Our own modules take longer than others of their size: they build schemas while they are loaded. */
const OWN_WEIGHT = 24;

/** Where the pieces' own modules live: they are in no file. */
const namespace = 'slice';

/**
 * Fills `slices` of one module with loaders of all that another one needs, in the order of their evaluation. Modules that
 * need each other in a circle are loaded together, by the one that is needed first.
 *
 * @param {{ of: string, into: string }} modules Paths below the project's root.
 * @returns {import('esbuild').Plugin}
 */
export function slices({ of, into }) {
  return {
    name: 'slices',
    setup({ initialOptions, onResolve, onLoad }) {
      const root = initialOptions.absWorkingDir ?? '';
      /** @type {readonly (readonly string[])[]} */
      let pieces = [];
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== resolve(root, into)) return undefined;
        const graph = await graphOf(of, initialOptions);
        pieces = inPieces(graph, of);
        const loaders = pieces.map((_, index) => `() => import(${JSON.stringify(sliceName(index))})`);
        return {
          contents: `export const slices = [${loaders.join()}];`,
          watchFiles: Object.keys(graph.inputs).map((input) => resolve(root, input)),
        };
      });
      onResolve({ filter: /^slice-\d+$/ }, ({ path }) => ({ path, namespace }));
      onLoad({ filter: /^/, namespace }, ({ path }) => ({
        contents: (pieces[Number(path.slice('slice-'.length))] ?? [])
          .map((module) => `import ${JSON.stringify(`./${module}`)};`)
          .join('\n'),
        resolveDir: root,
      }));
    },
  };
}

/** @param {number} index */
const sliceName = (index) => `slice-${index}`;

/**
 * Which slice an entry point of a build is; undefined for what is none.
 *
 * @param {string | undefined} entryPoint As esbuild tells it of an output.
 */
export function sliceIndex(entryPoint = '') {
  const [, index] = /^slice:slice-(\d+)$/.exec(entryPoint) ?? [];
  return index === undefined ? undefined : Number(index);
}

/**
 * What a module needs, and how much code each has.
 *
 * @param {string} of
 * @param {import('esbuild').BuildOptions} options Of the build that it is a part of.
 */
async function graphOf(of, { plugins: _, ...options }) {
  const { metafile } = await build({ ...options, entryPoints: [of], metafile: true, sourcemap: false });
  return metafile;
}

/**
 * The modules that one needs, itself left out, in pieces.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {string} of
 * @returns {readonly (readonly string[])[]}
 */
function inPieces({ inputs, outputs }, of) {
  const bytes = new Map(
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]),
    ),
  );
  /** @type {string[][]} */
  const pieces = [];
  let room = 0;
  for (const circle of circles(of, (path) => neededBy(inputs[path]))) {
    const [first = of] = circle;
    const size = circle.reduce((sum, path) => sum + weightOf(path, bytes.get(path)), 0);
    if (first === of || size === 0) continue;
    if (size > room) {
      pieces.push([]);
      room = MOST_BYTES;
    }
    room -= size;
    pieces.at(-1)?.push(first);
  }
  return pieces;
}

/** @param {string} path */
const weightOf = (path, bytes = 0) => (path.includes('node_modules/') ? bytes : bytes * OWN_WEIGHT);

/** @param {import('esbuild').Metafile['inputs'][string] | undefined} input */
function neededBy(input) {
  const atOnce = (input?.imports ?? []).filter(
    ({ kind, external }) => external !== true && (kind === 'import-statement' || kind === 'require-call'),
  );
  return atOnce.map(({ path }) => path);
}

/**
 * The modules below one, each after those that it needs; those that need each other together, the one that is needed first
 * before the others (Tarjan's strongly connected components).
 *
 * @param {string} from
 * @param {(path: string) => readonly string[]} needs
 */
function circles(from, needs) {
  /** @type {string[][]} */
  const found = [];
  /** @type {Map<string, number>} */
  const entered = new Map();
  /** @type {string[]} */
  const open = [];
  /** @param {string} path @returns {number} The earliest module on the way here that it leads back to. */
  const visit = (path) => {
    const at = entered.size;
    entered.set(path, at);
    open.push(path);
    let earliest = at;
    for (const needed of needs(path)) {
      if (!entered.has(needed)) earliest = Math.min(earliest, visit(needed));
      else if (open.includes(needed)) earliest = Math.min(earliest, entered.get(needed) ?? at);
    }
    if (earliest === at) found.push(open.splice(open.indexOf(path)));
    return earliest;
  };
  visit(from);
  return found;
}
