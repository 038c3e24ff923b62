/** Debian packages that tests need: installed where that needs nobody's leave, else named. */
import { existsSync } from 'node:fs';

import { run } from './run.mjs';
import { Failure, step } from './step.mjs';

/**
 * Sees to it that Debian packages are installed.
 *
 * @param {string[]} packages
 * @param {string} purpose What they are for, for progress and errors: "the server build of VS Code".
 * @throws {Failure} With the exact command, when this user cannot install them.
 */
export async function ensureDebianPackages(packages, purpose) {
  const missing = await missingPackages(packages);
  if (missing.length === 0) return;
  const command = `apt-get update && apt-get install --yes --no-install-recommends ${missing.join(' ')}`;
  if (!canInstall()) {
    throw new Failure(
      `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} needed for ${purpose}. ` +
        `On Debian or Ubuntu, install with:\n\n  sudo sh -c '${command}'`,
    );
  }
  await step(`Installing ${missing.join(', ')} for ${purpose}`, async () => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    // A lock held by another apt-get is waited for, not failed on.
    const apt = ['-o', 'DPkg::Lock::Timeout=300'];
    await run('apt-get', [...apt, 'update'], { env });
    await run('apt-get', [...apt, 'install', '--yes', '--no-install-recommends', ...missing], { env });
  });
}

/** Whether this is a Debian-like system on which this process may install packages. */
export function canInstall() {
  return process.platform === 'linux' && existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
}

/**
 * Those of `packages` that dpkg does not report as installed; all of them where there is no dpkg.
 *
 * @param {string[]} packages
 */
async function missingPackages(packages) {
  const checked = await Promise.all(
    packages.map(async (name) => {
      const status = await run('dpkg-query', ['--show', '--showformat=${Status}', name]).catch(() => '');
      return status.includes('install ok installed') ? [] : [name];
    }),
  );
  return checked.flat();
}
