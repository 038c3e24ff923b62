import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errorText.ts';
import { keptIndexSchema, type KeptIndex, type RegistryAgent } from '../../protocol/agentRegistry.ts';
import type { Log } from '../log.ts';
import { readBounded } from './readBounded.ts';
import { readIndex } from './registryIndex.ts';
import snapshot from './snapshot.json' with { type: 'json' };

/** The registry's public index. */
export const REGISTRY_URL = 'https://cdn.agentclientprotocol.com/registry/v1/latest/registry.json';

/** What a registry is made with. */
export interface RegistryOptions {
  /** Where the index is kept between runs. */
  readonly file: string;
  /** `undefined` asks nobody. */
  readonly url: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const MOST_BYTES = 8 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
/** So long an answer is good, in milliseconds. */
const FRESH_MS = 24 * 60 * 60_000;

/**
 * The agents of the ACP registry (A8): a snapshot that came with this build, or the index as it was last fetched, when
 * that is newer. The index is asked for at most once a day, only when somebody looks at it, and is never needed. Owned
 * by the catalogue.
 */
export class Registry {
  readonly #options: RegistryOptions;
  #kept: KeptIndex | undefined;
  #agents: ReadonlyMap<string, RegistryAgent>;
  #asking: Promise<boolean> | undefined;
  /** When it was last asked for, whatever came of it. */
  #askedAt = -Infinity;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#kept = read(options.file, options.url);
    this.#agents = choose(this.#kept);
  }

  get agents(): ReadonlyMap<string, RegistryAgent> {
    return this.#agents;
  }

  /**
   * Asks the public index, unless that was done within a day (`force`: in any case). Resolves with whether the agents are
   * other ones now; never rejects, and takes ten seconds at most.
   */
  async refresh({ force = false }: { readonly force?: boolean } = {}): Promise<boolean> {
    const { clock, url } = this.#options;
    const last = Math.max(this.#askedAt, this.#kept?.checkedAt ?? -Infinity);
    if (url === undefined || (!force && clock.now() - last < FRESH_MS)) return false;
    this.#asking ??= this.#ask(url).finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(url: string): Promise<boolean> {
    const { clock, log } = this.#options;
    this.#askedAt = clock.now();
    try {
      const headers = this.#kept?.etag === undefined ? {} : { 'if-none-match': this.#kept.etag };
      const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.status === 304 && this.#kept !== undefined) {
        this.#keep({ ...this.#kept, checkedAt: this.#askedAt });
        return false;
      }
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      const index: unknown = JSON.parse((await readBounded(response, MOST_BYTES)).toString('utf8'));
      if (readIndex(index).size === 0) throw new Error('it names no agent');
      const etag = response.headers.get('etag') ?? undefined;
      const before = JSON.stringify([...this.#agents]);
      this.#keep({ url, etag, checkedAt: this.#askedAt, index });
      return JSON.stringify([...this.#agents]) !== before;
    } catch (error) {
      log.info(`the index of agents could not be fetched: ${errorText(error)}`);
      return false;
    }
  }

  #keep(kept: KeptIndex): void {
    const { file } = this.#options;
    this.#kept = kept;
    this.#agents = choose(kept);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

/** What was fetched before this build's snapshot was made is older than it. */
function choose(kept: KeptIndex | undefined): ReadonlyMap<string, RegistryAgent> {
  const isNewer = kept !== undefined && kept.checkedAt > Date.parse(snapshot.at);
  return readIndex(isNewer ? kept.index : snapshot);
}

function read(file: string, url: string | undefined): KeptIndex | undefined {
  try {
    const kept = keptIndexSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return kept.url === url ? kept : undefined;
  } catch {
    // It is fetched again.
    return undefined;
  }
}
