import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { By, EventOf, SessionEvent } from '../../protocol/events.ts';
import type { Head } from '../../protocol/head.ts';
import type { Log } from '../log.ts';
import { ignoreRules } from './artifactIgnore.ts';
import { artifactKey, foldArtifacts, type Artifact } from './artifactList.ts';
import { scan, type Scan, type ScannedFile } from './artifactScan.ts';
import { ArtifactWatch } from './artifactWatch.ts';
import { resolveWithin, staysWithin } from './confined.ts';

/** Bytes of the largest file whose content is kept. */
export const MOST_FILE_BYTES = 8 * 1024 * 1024;
/** Bytes of all contents that one session keeps at a time. */
export const MOST_BYTES = 64 * 1024 * 1024;
/** Artifacts of one session. */
export const MOST_FILES = 1000;
/** How long the last look at the session's end may take, in milliseconds. */
const DRAIN_MS = 5000;

/** What the artifacts of a session need of it. */
export interface ArtifactsOwner {
  head(): Head;
  record(event: EventOf<'artifact.declared' | 'artifact.updated'>, by?: By): void;
  /** Keeps a content with the next events; its SHA-256. */
  keep(bytes: Uint8Array): string;
  /** The content without secrets (C5); the same bytes where it has none. */
  redact(bytes: Uint8Array): Uint8Array;
  /** The events about artifacts there are already. */
  recorded(): Iterable<SessionEvent>;
  /** Whether anything can be stored now. */
  mayStore(): boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a session declares: directories, and rules in gitignore's syntax that count instead of all others. */
export interface ArtifactsDeclared {
  readonly artifacts?: readonly string[] | undefined;
  readonly artifactIgnore?: readonly string[] | undefined;
}

/** Throws `invalidParams` for a directory outside of the session's roots; the first root is the working directory. */
export function checkArtifacts({ artifacts = [] }: ArtifactsDeclared, roots: readonly string[]): void {
  for (const directory of artifacts) resolveWithin(roots, directory, 'the artifact directory');
}

/**
 * The files a session produces in directories it declared (C4): one watch, followed by looks through the directories, one at
 * a time. A failure is logged and changes nothing else (T6). Owned by the session.
 */
export class Artifacts {
  readonly #owner: ArtifactsOwner;
  #known: Map<string, Artifact> | undefined;
  /** What a file looked like when it was last read, by key. */
  readonly #versions = new Map<string, string>();
  #watch: ArtifactWatch | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(owner: ArtifactsOwner) {
    this.#owner = owner;
  }

  /** Throws `invalidParams` for what cannot be declared. */
  check(declared: ArtifactsDeclared): void {
    checkArtifacts(declared, this.#roots());
  }

  /** Adds directories, and rules. Throws `invalidParams` for one outside of the session's roots. */
  declare(declared: ArtifactsDeclared, by?: By): void {
    const { artifacts = [], artifactIgnore } = declared;
    this.check(declared);
    const { directories = [], ignore } = this.#owner.head().artifacts ?? {};
    const more = [...new Set(artifacts)].filter((directory) => !directories.includes(directory));
    if (more.length === 0 && (artifactIgnore === undefined || `${artifactIgnore}` === `${ignore}`)) return;
    this.#owner.record(
      {
        type: 'artifact.declared',
        directories: [...directories, ...more],
        ignore: artifactIgnore === undefined ? ignore && [...ignore] : [...artifactIgnore],
      },
      by,
    );
    this.start();
    void this.#look();
  }

  /** Begins to watch, where anything is declared and it was not begun yet. */
  start(): void {
    if (this.#owner.head().artifacts === undefined || this.#closed || this.#watch !== undefined) return;
    this.#watch = new ArtifactWatch(
      this.#owner.clock,
      () => void this.#look(),
      (error) => this.#failed('watching', error),
    );
    void this.#look();
  }

  /** Does what had to wait while nothing could be stored. */
  resume(): void {
    if (this.#again) void this.#look();
  }

  /** Looks a last time, because the session ends, and stops watching. Bounded in time; never rejects. */
  async drain(): Promise<void> {
    if (this.#closed) return;
    this.#stopWatching();
    if (this.#owner.head().artifacts !== undefined) {
      await new Promise<void>((resolve) => {
        const timer = this.#owner.clock.after(DRAIN_MS, () => {
          this.#failed('the last look', `it took more than ${DRAIN_MS / 1000} s`);
          resolve();
        });
        void this.#look().finally(() => {
          timer.dispose();
          resolve();
        });
      });
    }
    this.#closed = true;
  }

  /** The session goes on after its end. */
  reopen(): void {
    this.#closed = false;
    this.start();
  }

  /** Stops at once: what changed is found when the session goes on. */
  dispose(): void {
    this.#stopWatching();
    this.#closed = true;
  }

  #stopWatching(): void {
    this.#watch?.dispose();
    this.#watch = undefined;
  }

  #roots(): readonly string[] {
    const { cwd, additionalDirectories } = this.#owner.head();
    return [cwd, ...additionalDirectories];
  }

  /** One look at a time; a look that is asked for meanwhile follows it, and the promise waits for that one too. */
  #look(): Promise<void> {
    this.#again = true;
    this.#looking ??= this.#lookAll();
    return this.#looking;
  }

  async #lookAll(): Promise<void> {
    // Whoever asked goes on first.
    await Promise.resolve();
    while (this.#again && !this.#closed && this.#owner.mayStore()) {
      this.#again = false;
      try {
        await this.#lookOnce();
      } catch (error) {
        this.#failed('looking', error);
      }
    }
    this.#looking = undefined;
  }

  async #lookOnce(): Promise<void> {
    this.#known ??= foldArtifacts(this.#owner.recorded());
    const { directories = [], ignore } = this.#owner.head().artifacts ?? {};
    const watched: string[] = [];
    for (const directory of directories) {
      const root = path.resolve(this.#owner.head().cwd, directory);
      if (!(await staysWithin(this.#roots(), root))) {
        // A link that leads elsewhere, or nowhere, may come to lead somewhere else.
        watched.push(await nearest(root));
        continue;
      }
      const found = await scan(root, await ignoreRules(root, ignore));
      watched.push(...(found.directories.length > 0 ? found.directories : [await nearest(root)]));
      await this.#compare(directory, found);
    }
    if (this.#watch?.follow([...new Set(watched)]) === true) this.#again = true;
  }

  async #compare(directory: string, { files, truncated }: Scan): Promise<void> {
    const known = (this.#known ??= new Map<string, Artifact>());
    const there = new Set<string>();
    for (const file of files) {
      const key = artifactKey({ directory, path: file.path });
      there.add(key);
      if (this.#closed) return;
      if (this.#versions.get(key) === file.version) continue;
      if (!known.has(key) && known.size >= MOST_FILES) {
        this.#failed('looking', `there are more than ${MOST_FILES} artifacts; ${file.path} is left out`);
        return;
      }
      const artifact = await this.#read(directory, file, known.get(key));
      this.#versions.set(key, file.version);
      if (artifact !== undefined && !this.#closed) this.#tell(artifact);
    }
    if (truncated) return this.#failed('looking', `${directory} holds too much to look at all of it`);
    for (const [key, artifact] of known) {
      if (artifact.directory !== directory || there.has(key) || this.#closed) continue;
      this.#versions.delete(key);
      this.#tell({ directory, path: artifact.path, bytes: 0, removed: true });
    }
  }

  /** The artifact that a file is now; `undefined` when nothing is new, or it went meanwhile. */
  async #read(
    directory: string,
    file: ScannedFile,
    before: Artifact | undefined,
  ): Promise<Artifact | undefined> {
    const place = { directory, path: file.path };
    const room = MOST_BYTES - this.#total().bytes + (before?.blob?.bytes ?? 0);
    const problem = file.bytes > MOST_FILE_BYTES ? 'tooLarge' : file.bytes > room ? 'sessionFull' : undefined;
    if (problem !== undefined)
      return before?.problem === problem && before.bytes === file.bytes
        ? undefined
        : { ...place, bytes: file.bytes, problem };
    const bytes = await contentOf(file.absolute, this.#roots());
    if (bytes === undefined) return undefined;
    const shown = this.#owner.redact(bytes);
    const sha256 = createHash('sha256').update(shown).digest('hex');
    if (before?.blob?.sha256 === sha256) return undefined;
    this.#owner.keep(shown);
    return {
      ...place,
      bytes: shown.byteLength,
      blob: { sha256, bytes: shown.byteLength },
      ...(shown !== bytes && { redacted: true }),
    };
  }

  #tell(artifact: Artifact): void {
    const known = (this.#known ??= new Map<string, Artifact>());
    if (artifact.removed === true) known.delete(artifactKey(artifact));
    else known.set(artifactKey(artifact), artifact);
    this.#owner.record({ type: 'artifact.updated', ...artifact, total: this.#total() });
  }

  #total(): { readonly count: number; readonly bytes: number } {
    let bytes = 0;
    for (const { blob } of this.#known?.values() ?? []) bytes += blob?.bytes ?? 0;
    return { count: this.#known?.size ?? 0, bytes };
  }

  #failed(what: string, error: unknown): void {
    this.#owner.log.warn(`session ${this.#owner.head().sessionId}: artifacts: ${what}`, error);
  }
}

/** The content of a file inside the roots, read without following a link or waiting for a pipe. */
async function contentOf(file: string, roots: readonly string[]): Promise<Uint8Array | undefined> {
  if (!(await staysWithin(roots, file))) return undefined;
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(file, flags).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size > MOST_FILE_BYTES) return undefined;
    const bytes = await handle.readFile();
    return bytes.byteLength > MOST_FILE_BYTES ? undefined : bytes;
  } finally {
    await handle.close();
  }
}

/** The nearest directory above a missing one: that it comes to be is seen there. */
async function nearest(missing: string): Promise<string> {
  const parent = path.dirname(missing);
  const isThere = await stat(parent).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isThere || parent === missing ? parent : nearest(parent);
}
