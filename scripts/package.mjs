/** `npm run package`: builds Holdfast and packs it as `dist/holdfast.vsix`. */
import { statSync } from 'node:fs';
import { join } from 'node:path';

import { node24, root, run } from './run.mjs';
import { runMain, step } from './step.mjs';

/**
 * Packs what is built. The bundles hold their dependencies, so none are packed beside them.
 *
 * @param {string} [target] Where the package goes; folders on the way must exist.
 * @returns {Promise<string>} Its path.
 */
export async function packageExtension(target = join(root, 'dist', 'holdfast.vsix')) {
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  await run(node24(), [vsce, 'package', ...options, '--out', target]);
  return target;
}

if (process.argv[1] === join(root, 'scripts', 'package.mjs')) {
  await runMain(async () => {
    // vsce builds first, through the script `vscode:prepublish`.
    const path = await step('Packing', () => packageExtension());
    console.log(`${path} (${Math.round(statSync(path).size / 1024)} KiB)`);
  });
}
