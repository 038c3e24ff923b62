import type { SecretStorage } from 'vscode';
import { DisposableStore, type Disposable } from '../base/disposable.ts';
import { errorText } from '../base/errorText.ts';
import type { Log } from '../client/index.ts';
import type { SessionList } from './sessionList.ts';
import type { WindowConnection } from './windowConnection.ts';

/** Values of one way to sign in. */
export interface KeptValues {
  readonly methodId: string;
  readonly env: Readonly<Record<string, string>>;
}

const PREFIX = 'holdfast.signIn.';

/** What keeping values is made of. */
export interface SignInValuesParts {
  readonly secrets: Pick<SecretStorage, 'get' | 'store' | 'delete'>;
  readonly connection: Pick<WindowConnection, 'request' | 'hello' | 'onAgentsChange'>;
  readonly list: Pick<SessionList, 'sorted' | 'onChange'>;
  readonly log: Log;
}

/**
 * Values that a person gave for signing in to agents, in the editor's secret storage. A runtime forgets them when it ends;
 * when a session of its successor waits for the sign-in, they are supplied again: once a runtime, so that values that are
 * not taken any more leave their card to the person. Owned by `activate`.
 */
export class SignInValues implements Disposable {
  readonly #parts: SignInValuesParts;
  readonly #owned = new DisposableStore();
  /** Runtimes and agents, by both ids, that were supplied already. */
  readonly #supplied = new Set<string>();

  constructor(parts: SignInValuesParts) {
    this.#parts = parts;
    this.#owned.add(parts.list.onChange(() => this.#look()));
    this.#owned.add(parts.connection.onAgentsChange(() => this.#look()));
  }

  /** Keeps what an agent has just taken. */
  async keep(agent: string, values: KeptValues): Promise<void> {
    this.#supplied.add(this.#key(agent));
    await this.#parts.secrets.store(PREFIX + agent, JSON.stringify(values));
  }

  async forget(agent: string): Promise<void> {
    await this.#parts.secrets.delete(PREFIX + agent);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** A session that waits with a question may wait for a sign-in. */
  #look(): void {
    if (this.#parts.connection.hello === undefined) return;
    for (const { agent, needs } of this.#parts.list.sorted()) {
      const key = this.#key(agent.id);
      if (this.#supplied.has(key) || needs.every(({ kind }) => kind !== 'question')) continue;
      this.#supplied.add(key);
      void this.#supply(agent.id, key);
    }
  }

  async #supply(agent: string, key: string): Promise<void> {
    const { connection, log } = this.#parts;
    try {
      const kept = await this.#kept(agent);
      if (kept === undefined) return;
      const { agents } = await connection.request('agent/list', {});
      // A question of another kind: the sign-in may still come.
      if (agents.find(({ id }) => id === agent)?.signIn !== 'required')
        return void this.#supplied.delete(key);
      const { methodId, env } = kept;
      await connection.request('agent/authenticate', { agent, methodId, env: { ...env } });
      log(`signed in to ${agent} with the values that are kept for it`, 'info');
    } catch (error) {
      log(`the values that are kept for ${agent} did not sign in: ${errorText(error)}`);
    }
  }

  async #kept(agent: string): Promise<KeptValues | undefined> {
    const text = await this.#parts.secrets.get(PREFIX + agent);
    if (text === undefined) return undefined;
    return JSON.parse(text) as KeptValues;
  }

  #key(agent: string): string {
    return `${this.#parts.connection.hello?.runtimeId ?? ''} ${agent}`;
  }
}
