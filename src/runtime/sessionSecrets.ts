import { secretsOf, type SecretSources } from './secrets.ts';
import { SecretMatcher } from './secretMatcher.ts';

/** Values of commands that are remembered as secret; beyond, the oldest are forgotten (law 7). */
const MOST_FURTHER = 1000;

/**
 * The secrets of one session, as far as they are known now: more come with an agent that is looked up, a resume that brings
 * values, a command with an environment of its own. Owned by the session.
 */
export class SessionSecrets {
  readonly #sources: () => SecretSources;
  readonly #directories: () => readonly string[];
  readonly #further = new Set<string>();
  #seen: readonly unknown[] = [];
  #matcher: SecretMatcher | undefined;

  /** The sources may change; each part of them is then another object. */
  constructor(sources: () => SecretSources, directories: () => readonly string[]) {
    this.#sources = sources;
    this.#directories = directories;
  }

  /** The values of a command: secret from now on. */
  add(sources: SecretSources): void {
    for (const secret of secretsOf(sources, this.#directories())) {
      if (this.#further.has(secret)) continue;
      this.#further.add(secret);
      this.#seen = [];
      const [oldest] = this.#further;
      if (this.#further.size > MOST_FURTHER && oldest !== undefined) this.#further.delete(oldest);
    }
  }

  /** Finds them; `undefined` while there are none. */
  get matcher(): SecretMatcher | undefined {
    const sources = this.#sources();
    const { env, mcpServers, agent, secrets } = sources;
    const directories = this.#directories();
    const now = [env, mcpServers, agent, secrets, directories[0]];
    if (this.#seen.length > 0 && now.every((part, index) => part === this.#seen[index])) return this.#matcher;
    this.#seen = now;
    const all = new Set([...secretsOf(sources, directories), ...this.#further]);
    this.#matcher = all.size === 0 ? undefined : new SecretMatcher(all);
    return this.#matcher;
  }
}
