import type { SecretStorage } from 'vscode';

const PREFIX = 'holdfast.remoteToken.';

/** Tokens of remote hosts by the host's name, in the editor's secret storage and nowhere else. Owned by `RemoteHosts`. */
export class RemoteTokens {
  readonly #secrets: Pick<SecretStorage, 'get' | 'store' | 'delete'>;

  constructor(secrets: Pick<SecretStorage, 'get' | 'store' | 'delete'>) {
    this.#secrets = secrets;
  }

  async get(host: string): Promise<string | undefined> {
    return this.#secrets.get(PREFIX + host);
  }

  async keep(host: string, token: string): Promise<void> {
    await this.#secrets.store(PREFIX + host, token);
  }

  async forget(host: string): Promise<void> {
    await this.#secrets.delete(PREFIX + host);
  }
}
