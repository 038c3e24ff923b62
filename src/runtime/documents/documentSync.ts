import { CancellationTokenSource, type MessageConnection } from 'vscode-languageserver-protocol/node';
import type { Disposable } from '../../base/disposable.ts';
import {
  documentNotificationSchemas,
  type DocumentNotification,
} from '../../protocol/methods/documentMethods.ts';
import type { DocumentPeer, Documents, JoinedWindow } from './documents.ts';

/** The connection of a window. */
export interface DocumentSyncOptions {
  readonly name: string;
  readonly folders: readonly string[];
  readonly rpc: MessageConnection;
}

/** What a connection does for documents: LSP's registrations one way, what a window says of its documents the other. */
export class DocumentSync implements Disposable {
  readonly #peer: Omit<DocumentPeer, 'folders'>;
  #folders: readonly string[];
  #documents: JoinedWindow | undefined;

  private constructor({ name, folders, rpc }: DocumentSyncOptions) {
    this.#folders = folders;
    this.#peer = {
      name,
      register: (method, params) => rpc.sendRequest(method, params),
      async request(method, params, signal) {
        const source = new CancellationTokenSource();
        const cancel = (): void => source.cancel();
        signal.addEventListener('abort', cancel, { once: true });
        try {
          return await rpc.sendRequest(method, params, source.token);
        } finally {
          signal.removeEventListener('abort', cancel);
          source.dispose();
        }
      },
    };
  }

  /** For a client whose `initialize` says that it takes registrations for documents; only windows do. */
  static of(initializeParams: unknown, options: DocumentSyncOptions): DocumentSync | undefined {
    const { capabilities } = (initializeParams ?? {}) as {
      capabilities?: { textDocument?: { synchronization?: { dynamicRegistration?: unknown } } };
    };
    const can = capabilities?.textDocument?.synchronization?.dynamicRegistration === true;
    return can ? new DocumentSync(options) : undefined;
  }

  /** The client is ready to be asked (LSP's `initialized`). */
  begin(documents: Documents): void {
    this.#documents ??= documents.join({ ...this.#peer, folders: this.#folders });
  }

  /** The window has other folders: absolute paths. */
  moved(folders: readonly string[]): void {
    this.#folders = folders;
    this.#documents?.moved(folders);
  }

  /** Takes a notification; one that is not about documents is ignored. Throws `invalidParams`. */
  take(method: string, params: unknown): void {
    if (Object.hasOwn(documentNotificationSchemas, method))
      this.#documents?.take(method as DocumentNotification, params);
  }

  dispose(): void {
    this.#documents?.dispose();
    this.#documents = undefined;
  }
}
