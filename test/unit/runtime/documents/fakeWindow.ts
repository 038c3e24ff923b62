import path from 'node:path';
import { Deferred } from '../../../../src/base/deferred.ts';
import type {
  WindowRequestParams,
  WindowRequestResult,
} from '../../../../src/protocol/methods/documentMethods.ts';
import type { DocumentPeer, Documents } from '../../../../src/runtime/documents/documents.ts';
import { uriOfFile } from '../../../../src/runtime/documents/fileUri.ts';

/** One thing that a window was asked to write: the test says what comes of it. */
export interface Asked extends WindowRequestParams<'document/write'> {
  readonly signal: AbortSignal;
  answer(result: WindowRequestResult<'document/write'>): void;
  /** As a window that goes, or cannot be talked to. */
  fail(): void;
}

/** A window without an editor: what it was asked, and what it says. */
export class FakeWindow {
  readonly asked: Asked[] = [];
  /** Registrations that hold, by id, with what they registered for. */
  readonly registered = new Map<string, { readonly method: string; readonly bases: readonly string[] }>();
  /** While it is deaf it answers no registration. */
  deaf = false;
  readonly #documents: ReturnType<Documents['join']>;
  readonly #waits: (() => void)[] = [];
  #registering = new Deferred<void>();

  constructor(documents: Documents, folders: readonly string[] = [], name = 'the editor') {
    const peer: DocumentPeer = {
      name,
      folders,
      register: (method, params) => this.#register(method, params),
      request: (_, params, signal) => this.#request(params, signal),
    };
    this.#documents = documents.join(peer);
  }

  open(file: string, text: string, more: { readonly dirty?: boolean; readonly version?: number } = {}): void {
    const { dirty = false, version = 1 } = more;
    const textDocument = { uri: uriOfFile(file), languageId: 'text', version, text };
    this.#documents.take('textDocument/didOpen', { textDocument, dirty });
  }

  /** A person types: the whole text anew, unsaved. */
  type(file: string, version: number, text: string): void {
    const textDocument = { uri: uriOfFile(file), version };
    this.#documents.take('textDocument/didChange', { textDocument, contentChanges: [{ text }], dirty: true });
  }

  /** Its folders are these from now on. */
  moved(folders: readonly string[]): void {
    this.#documents.moved(folders);
  }

  save(file: string): void {
    this.#documents.take('textDocument/didSave', { textDocument: { uri: uriOfFile(file) } });
  }

  get size(): number {
    return this.#documents.size;
  }

  /** Directories that it was asked to look in, as it knows them now. */
  get bases(): string[] {
    return [...this.registered.values()]
      .filter(({ method }) => method === 'textDocument/didOpen')
      .flatMap(({ bases }) => bases);
  }

  /** Resolves with the nth thing that it is asked to write. */
  async write(nth = 0): Promise<Asked> {
    for (;;) {
      const asked = this.asked[nth];
      if (asked !== undefined) return asked;
      await new Promise<void>((resolve) => this.#waits.push(resolve));
    }
  }

  /** Resolves at the next registration or its end. */
  nextRegistration(): Promise<void> {
    return this.#registering.promise;
  }

  /** The connection is lost. */
  leave(): void {
    this.#documents.dispose();
    for (const asked of this.asked) asked.fail();
  }

  #register(method: string, params: object): Promise<void> {
    const { registrations = [], unregisterations = [] } = params as {
      registrations?: {
        id: string;
        method: string;
        registerOptions: { documentSelector: { pattern: { baseUri: string } }[] };
      }[];
      unregisterations?: { id: string }[];
    };
    for (const { id, method: of, registerOptions } of registrations) {
      const bases = registerOptions.documentSelector.map(({ pattern }) => pattern.baseUri);
      this.registered.set(id, { method: of, bases });
    }
    for (const { id } of unregisterations) this.registered.delete(id);
    this.#registering.resolve();
    this.#registering = new Deferred();
    return this.deaf && method === 'client/registerCapability' ? new Promise(() => {}) : Promise.resolve();
  }

  #request(params: WindowRequestParams<'document/write'>, signal: AbortSignal): Promise<unknown> {
    const answer = new Deferred<unknown>();
    this.asked.push({
      ...params,
      signal,
      answer: (result) => answer.resolve(result),
      fail: () => answer.reject(new Error('the connection is gone')),
    });
    for (const go of this.#waits.splice(0)) go();
    return answer.promise;
  }
}

/** The URI of a file below a directory, as a registration names it. */
export const below = (folder: string, ...names: string[]): string => uriOfFile(path.join(folder, ...names));
