/**
 * `npm run declarations`: writes the library's declarations into `dist/types`, whole: what is installed from the tarball
 * brings no other package, so the types of zod, which the protocol's are inferred from, stand beside them.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';

import { node24, root, run } from './run.mjs';
import { runMain } from './step.mjs';

const zod = join(root, 'node_modules', 'zod');

/** An import or export of another file, in a declaration; the specifier is its second group. */
const references = /((?:\bfrom|\bimport)\s*\(?\s*['"])([^'"]+)(['"])/g;

/**
 * Emits the declarations of the public API.
 *
 * @param {string} target The folder that takes them.
 */
export async function emitDeclarations(target) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(node24(), [tsc, '-p', join(root, 'src', 'client'), '--outDir', target]);
}

/**
 * Takes what the public API reaches, and makes it independent: specifiers name files that are there, and zod's declarations
 * come along.
 *
 * @param {string} emitted
 * @param {string} target The folder that takes them; what is in it is replaced.
 */
function gather(emitted, target) {
  rmSync(target, { recursive: true, force: true });
  /** @type {Set<string>} */
  const taken = new Set();
  /** @param {string} file In the target, with `/`. */
  const take = (file) => {
    if (taken.has(file)) return;
    taken.add(file);
    const from = file.startsWith('zod/') ? join(dirname(zod), file) : join(emitted, file);
    const folder = posix.dirname(file);
    const specifiers = rewrite(from, join(target, file), (specifier) =>
      specifier === 'zod'
        ? `${posix.relative(folder, 'zod')}/index.js`
        : specifier.replace(/^(\.{1,2}\/.*)\.ts$/, '$1.js'),
    );
    for (const specifier of specifiers) {
      if (specifier.startsWith('.')) take(posix.join(folder, specifier.replace(/\.js$/, '.d.ts')));
    }
  };
  take('client/api.d.ts');
  copyFileSync(join(zod, 'LICENSE'), join(target, 'zod', 'LICENSE'));
}

/**
 * Writes a file anew with other specifiers.
 *
 * @param {string} from
 * @param {string} to
 * @param {(specifier: string) => string} change
 * @returns {string[]} The specifiers it has now.
 */
function rewrite(from, to, change) {
  const text = readFileSync(from, 'utf8').replace(
    references,
    (_, before, specifier, after) => before + change(specifier) + after,
  );
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
  return [...text.matchAll(references)].map(([, , specifier]) => specifier ?? '');
}

if (process.argv[1] === join(root, 'scripts', 'declarations.mjs')) {
  await runMain(async () => {
    const emitted = mkdtempSync(join(tmpdir(), 'holdfast-types-'));
    try {
      await emitDeclarations(emitted);
      gather(emitted, join(root, 'dist', 'types'));
    } finally {
      rmSync(emitted, { recursive: true, force: true });
    }
  });
}
