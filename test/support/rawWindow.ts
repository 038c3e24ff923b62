import { pathToFileURL } from 'node:url';
import { hello, RawSocket } from './rawSocket.ts';
import type { TestHome } from './testHome.ts';

/** A message of JSON-RPC. */
export type Message = Record<string, unknown>;

/** An editor's window as a runtime sees it: a client that takes registrations for documents, and does what the test says. */
export class RawWindow {
  readonly #socket: RawSocket;
  readonly #seen = new Set<unknown>();
  #requests = 1;

  private constructor(socket: RawSocket) {
    this.#socket = socket;
  }

  /** Connects one to the runtime that runs; it goes with the test. */
  static async open(home: TestHome, name: string): Promise<RawWindow> {
    const socket = await RawSocket.open(home.entry());
    const window = new RawWindow(socket);
    home.own({ dispose: () => window.leave() });
    const capabilities = { textDocument: { synchronization: { dynamicRegistration: true } } };
    const client = { id: name, kind: 'editor', name };
    await socket.request(1, 'initialize', { ...hello(undefined, { client }), capabilities });
    window.notify('initialized', {});
    return window;
  }

  notify(method: string, params: object): void {
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  answer({ id }: Message, result: unknown = null): void {
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, result }));
  }

  /** The next message of a method, each once. */
  async next(method: string): Promise<Message> {
    const message = await this.#socket.until(
      (candidate) => candidate['method'] === method && !this.#seen.has(candidate),
    );
    this.#seen.add(message);
    return message;
  }

  /** Waits to be asked for documents, tells of one, and answers as an editor does: after that. */
  async tellsOf(file: string, text: string, dirty = false): Promise<void> {
    const registering = await this.next('client/registerCapability');
    this.open(file, text, dirty);
    this.answer(registering);
    await this.heard();
  }

  /** Resolves when the runtime has taken in all that was said before. */
  async heard(): Promise<void> {
    await this.#socket.request(++this.#requests, 'runtime/status', {});
  }

  open(file: string, text: string, dirty: boolean): void {
    const textDocument = { uri: pathToFileURL(file).href, languageId: 'text', version: 1, text };
    this.notify('textDocument/didOpen', { textDocument, dirty });
  }

  /** A person types: the whole text anew, unsaved. */
  type(file: string, version: number, text: string): void {
    const textDocument = { uri: pathToFileURL(file).href, version };
    this.notify('textDocument/didChange', { textDocument, contentChanges: [{ text }], dirty: true });
  }

  save(file: string): void {
    this.notify('textDocument/didSave', { textDocument: { uri: pathToFileURL(file).href } });
  }

  leave(): void {
    this.#socket.close();
  }
}
