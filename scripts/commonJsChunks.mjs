/** Code splitting for CommonJS, which esbuild has for ES modules alone. */
import { basename } from 'node:path';

import { transform } from 'esbuild';

/**
 * Makes CommonJS of a bundle that was split as ES modules: what is imported on demand stands in files of its own and is
 * required when it is first needed.
 *
 * @param {Pick<import('esbuild').BuildOptions, 'minifySyntax' | 'minifyWhitespace' | 'target'>} options How the files are written.
 * @returns {import('esbuild').Plugin}
 */
export function commonJsChunks(options) {
  return {
    name: 'CommonJS chunks',
    setup({ onEnd }) {
      onEnd(async (result) => {
        const modules = (result.outputFiles ?? []).filter(({ path }) => path.endsWith('.cjs'));
        result.outputFiles = (await Promise.all(modules.map((file) => asCommonJs(file, options)))).flat();
      });
    },
  };
}

/**
 * @param {import('esbuild').OutputFile} module Its source map stands in it.
 * @param {Pick<import('esbuild').BuildOptions, 'minifySyntax' | 'minifyWhitespace' | 'target'>} options
 * @returns {Promise<import('esbuild').OutputFile[]>} The file and its source map.
 */
async function asCommonJs({ path, text, hash }, options) {
  const name = basename(path);
  const { code, map } = await transform(text, {
    ...options,
    format: 'cjs',
    platform: 'node',
    // `import()` becomes a deferred `require`: an extension host finds `vscode` for what was required.
    supported: { 'dynamic-import': false },
    sourcemap: 'external',
    sourcefile: path,
    legalComments: 'none',
  });
  return [
    outputFile(path, `${code}//# sourceMappingURL=${name}.map\n`, hash),
    outputFile(`${path}.map`, map, hash),
  ];
}

/**
 * @param {string} path
 * @param {string} text
 * @param {string} hash
 * @returns {import('esbuild').OutputFile}
 */
function outputFile(path, text, hash) {
  return { path, text, hash, contents: new TextEncoder().encode(text) };
}
