import * as vscode from 'vscode';
import { State, type BaseLanguageClient, type Middleware } from 'vscode-languageclient';
import type { Disposable } from '../base/disposable.ts';
import {
  LONGEST_DOCUMENT,
  MOST_DOCUMENTS,
  windowRequestSchemas,
  type WindowRequestResult,
} from '../protocol/methods/documentMethods.ts';
import { parseParams } from '../protocol/parseParams.ts';
import { writeDocument } from './writeDocument.ts';

const DID_OPEN = 'textDocument/didOpen';
const DID_CHANGE = 'textDocument/didChange';

/** Registrations are short work. */
const NEVER_CANCELLED = new vscode.CancellationTokenSource().token;

interface Synced {
  /** The last version that was sent. */
  version: number;
  /** Of its text, in UTF-16 units. */
  length: number;
}

/**
 * Tells the runtime of open documents, those that it registered for (A5), and of each whether it is unsaved, which LSP has
 * no word for. What is too large is left out. A document in two registrations is told of once. Owned by the window's channel.
 */
export class DocumentSync implements Disposable {
  readonly #synced = new Map<string, Synced>();
  /** By the id of the registration for opening. */
  readonly #selectors = new Map<string, vscode.DocumentSelector>();
  readonly #listening: vscode.Disposable;
  #client: BaseLanguageClient | undefined;
  #sending: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#listening = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.contentChanges.length === 0) this.#changed(event);
    });
  }

  /** What the client asks on its way. It sends nothing about documents by itself. */
  readonly middleware: Middleware = {
    didOpen: async (document) => this.#opened(document),
    didChange: async (event) => this.#changed(event),
    didSave: async (document, next) => {
      if (this.#synced.has(document.uri.toString())) await next(document);
    },
    didClose: async (document) => {
      // The client takes a document for one that no registration wants any more, when one of several goes.
      const isOpen = vscode.workspace.textDocuments.includes(document);
      if (!isOpen || !this.#isWanted(document)) this.#close(document.uri.toString());
    },
    handleRegisterCapability: async (params, next) => {
      for (const { id, method, registerOptions } of params.registrations) {
        const selector = (registerOptions as { documentSelector?: unknown } | undefined)?.documentSelector;
        if (method !== DID_OPEN || !Array.isArray(selector) || this.#client === undefined) continue;
        this.#selectors.set(id, this.#client.protocol2CodeConverter.asDocumentSelector(selector));
      }
      await next(params, NEVER_CANCELLED);
      // The answer says that everything which is open has been told of.
      await this.#sending;
    },
    handleUnregisterCapability: async (params, next) => {
      for (const { id } of params.unregisterations) this.#selectors.delete(id);
      await next(params, NEVER_CANCELLED);
      for (const document of vscode.workspace.textDocuments)
        if (!this.#isWanted(document)) this.#close(document.uri.toString());
    },
  };

  /** The client that sends, and is asked to write; it is made with the middleware. */
  attach(client: BaseLanguageClient): void {
    this.#client = client;
    client.onRequest<WindowRequestResult<'document/write'>, void>('document/write', (params, token) =>
      writeDocument(
        parseParams('document/write', windowRequestSchemas['document/write'].params, params),
        token,
      ),
    );
    // With a connection goes what the runtime knew and wanted.
    client.onDidChangeState(({ newState }) => newState !== State.Running && this.#forget());
  }

  dispose(): void {
    this.#listening.dispose();
    this.#forget();
  }

  #forget(): void {
    this.#synced.clear();
    this.#selectors.clear();
  }

  #opened(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (this.#client === undefined || this.#synced.has(uri) || !vscode.workspace.isTrusted) return;
    const { length } = document.getText();
    if (length > LONGEST_DOCUMENT || this.#synced.size >= MOST_DOCUMENTS) return;
    this.#synced.set(uri, { version: document.version, length });
    const params = this.#client.code2ProtocolConverter.asOpenTextDocumentParams(document);
    this.#send(DID_OPEN, { ...params, dirty: document.isDirty });
  }

  #changed(event: vscode.TextDocumentChangeEvent): void {
    const { document, contentChanges } = event;
    const { uri, version, isDirty: dirty } = document;
    const synced = this.#synced.get(uri.toString());
    if (synced === undefined || this.#client === undefined) return;
    if (contentChanges.length > 0 && version <= synced.version) return;
    synced.version = version;
    for (const { rangeLength, text } of contentChanges) synced.length += text.length - rangeLength;
    if (synced.length > LONGEST_DOCUMENT) return this.#close(uri.toString());
    const params = this.#client.code2ProtocolConverter.asChangeTextDocumentParams(event, uri, version);
    this.#send(DID_CHANGE, { ...params, dirty });
  }

  #close(uri: string): void {
    if (this.#synced.delete(uri)) this.#send('textDocument/didClose', { textDocument: { uri } });
  }

  #isWanted(document: vscode.TextDocument): boolean {
    return [...this.#selectors.values()].some((selector) => vscode.languages.match(selector, document) > 0);
  }

  /** What is lost with a connection is told anew on the next one. */
  #send(method: string, params: object): void {
    const sent = this.#client?.sendNotification(method, params).catch(() => undefined);
    this.#sending = Promise.all([this.#sending, sent]);
  }
}
