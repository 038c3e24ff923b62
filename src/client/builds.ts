import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '../base/errorText.ts';
import { buildManifestSchema, type BuildManifest } from '../protocol/discovery.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { negotiate } from '../protocol/version.ts';

/** Names inside a folder of builds, the same beside the bundle that a package brings. */
const BUNDLE = 'runtime.mjs';
const MANIFEST = 'runtime.json';

/** Copies that are kept besides the newest; older ones go when a new build is copied. */
const KEPT = 5;

/** A copy of a runtime's bundle in the data directory. */
export interface Build {
  readonly manifest: BuildManifest;
  /** The bundle to run. */
  readonly bundle: string;
  /** When it was copied, milliseconds since the epoch. */
  readonly copiedAt: number;
}

/** What `installBuild` is told. */
export interface InstallOptions {
  /** `<home>/runtime/builds`. */
  readonly builds: string;
  /** The bundle that came with this program; `runtime.json` stands beside it. */
  readonly bundle: string;
  /** A build that is running now and must not be removed. */
  readonly running?: string | undefined;
}

/**
 * Copies the program's own bundle into the data directory, unless it is there, and gives the copy to start: the newest
 * one whose protocol range overlaps its own (ARCHITECTURE.md). A copy appears whole or not at all. Throws `homeUnusable`
 * when the bundle cannot be read or the directory not be written.
 */
export async function installBuild({ builds, bundle, running }: InstallOptions): Promise<Build> {
  const own = await ownManifest(bundle);
  const folder = path.join(builds, own.buildId);
  try {
    if ((await readBuild(folder)) === undefined) {
      await copyBuild(bundle, own, folder);
      await prune(builds, new Set([own.buildId, ...(running === undefined ? [] : [running])]));
    }
  } catch (error) {
    throw new HoldfastError(
      'homeUnusable',
      `the runtime cannot be copied to ${folder}: ${errorText(error)}`,
      { folder },
      error,
    );
  }
  const fitting = (await listBuilds(builds)).filter(
    (build) => negotiate(own.protocol, build.manifest.protocol) !== undefined,
  );
  const newest = fitting.at(0);
  if (newest === undefined)
    throw new HoldfastError('homeUnusable', `the copy of the runtime in ${folder} vanished`, { folder });
  return newest;
}

/** All whole copies, the newest first. */
export async function listBuilds(builds: string): Promise<Build[]> {
  const names = await readdir(builds).catch(() => []);
  const found = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => readBuild(path.join(builds, name))),
  );
  return found.filter((build) => build !== undefined).sort((a, b) => b.copiedAt - a.copiedAt);
}

async function ownManifest(bundle: string): Promise<BuildManifest> {
  const file = path.join(path.dirname(bundle), MANIFEST);
  try {
    return buildManifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new HoldfastError(
      'homeUnusable',
      `${file}, which belongs to the runtime's bundle, cannot be read: ${errorText(error)}`,
      { file },
      error,
    );
  }
}

async function readBuild(folder: string): Promise<Build | undefined> {
  const bundle = path.join(folder, BUNDLE);
  try {
    const file = path.join(folder, MANIFEST);
    const manifest = buildManifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    await stat(bundle);
    return { manifest, bundle, copiedAt: (await stat(file)).mtimeMs };
  } catch {
    return undefined;
  }
}

async function copyBuild(bundle: string, manifest: BuildManifest, folder: string): Promise<void> {
  const builds = path.dirname(folder);
  await mkdir(builds, { recursive: true, mode: 0o700 });
  const temporary = path.join(builds, `.${manifest.buildId}.${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(temporary, { mode: 0o700 });
    await copyFile(bundle, path.join(temporary, BUNDLE));
    // Written, not copied: its time is the time of the copy.
    await writeFile(path.join(temporary, MANIFEST), `${JSON.stringify(manifest)}\n`);
    await rename(temporary, folder).catch(async (error: unknown) => {
      // Somebody else was faster, or a broken copy is in the way.
      if ((await readBuild(folder)) !== undefined) return;
      await rm(folder, { recursive: true, force: true });
      await rename(temporary, folder).catch(() => Promise.reject(error as Error));
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function prune(builds: string, needed: ReadonlySet<string>): Promise<void> {
  const old = (await listBuilds(builds)).slice(KEPT).filter(({ manifest }) => !needed.has(manifest.buildId));
  await Promise.all(old.map(({ bundle }) => rm(path.dirname(bundle), { recursive: true, force: true })));
}
