import { HoldfastError } from '../protocol/errors.ts';
import { secretNamesIn } from './secretNames.ts';
import { secretsOf, type SecretSources } from './secrets.ts';
import { redactValue } from './redactValue.ts';
import { SecretMatcher } from './secretMatcher.ts';

/** Values of commands that are remembered as secret; beyond, the oldest are forgotten (law 7). */
const MOST_FURTHER = 1000;

/** Names of secrets that one session can be given. */
const MOST_NAMES = 1000;

/** Names with more of them, each once. Throws `invalidParams` when they are too many: none may be forgotten. */
export function secretNames(known: readonly string[] = [], more: readonly string[] = []): readonly string[] {
  const all = [...new Set([...known, ...more])];
  if (all.length <= MOST_NAMES) return all;
  const words = `secrets: a session can name ${MOST_NAMES} of them, and this would make ${all.length}`;
  throw new HoldfastError('invalidParams', words);
}

/**
 * The secrets of one session, as far as they are known now: more come with an agent that is looked up, a resume that brings
 * values, a command with an environment of its own. Owned by the session.
 */
export class SessionSecrets {
  readonly #sources: () => SecretSources;
  readonly #directories: () => readonly string[];
  /** By value, with the variable that it is of. */
  readonly #further = new Map<string, string>();
  #seen: readonly unknown[] = [];
  #matcher: SecretMatcher | undefined;

  /** The sources may change; each part of them is then another object. */
  constructor(sources: () => SecretSources, directories: () => readonly string[]) {
    this.#sources = sources;
    this.#directories = directories;
  }

  /** The values of a command: secret from now on. */
  add(env: Readonly<Record<string, string>> = {}): void {
    for (const [name, value] of Object.entries(env)) {
      for (const secret of secretsOf({ env: { [name]: value } }, this.#directories()))
        this.#add(secret, name);
    }
  }

  #add(secret: string, name: string): void {
    if (this.#further.has(secret)) return;
    this.#further.set(secret, name);
    this.#seen = [];
    const [oldest] = this.#further.keys();
    if (this.#further.size > MOST_FURTHER && oldest !== undefined) this.#further.delete(oldest);
  }

  /** Those among what its agent is given: what commands bring is not the agent's. */
  get given(): ReadonlySet<string> {
    return secretsOf(this.#sources(), this.#directories());
  }

  /** What the secrets that stand in a value are called, for people. */
  namesIn(value: object): readonly string[] {
    const own = secretNamesIn(value, this.#sources(), this.#directories());
    const further = [...this.#further]
      .filter(([secret]) => redactValue(value, new SecretMatcher([secret])) !== value)
      .map(([, name]) => name);
    return [...new Set([...own, ...further])];
  }

  /** Finds them; `undefined` while there are none. */
  get matcher(): SecretMatcher | undefined {
    const sources = this.#sources();
    const { env, mcpServers, agent, secrets } = sources;
    const directories = this.#directories();
    const now = [env, mcpServers, agent, secrets, directories[0]];
    if (this.#seen.length > 0 && now.every((part, index) => part === this.#seen[index])) return this.#matcher;
    this.#seen = now;
    const all = new Set([...secretsOf(sources, directories), ...this.#further.keys()]);
    this.#matcher = all.size === 0 ? undefined : new SecretMatcher(all);
    return this.#matcher;
  }
}
