import net from 'node:net';
import WebSocket from 'ws';
import { authorization, UPGRADE_PATH, type Discovery } from '../../src/protocol/discovery.ts';

/** How a raw connection asks to be let in; what is left out is as it should be. */
export interface RawOptions {
  readonly authorization?: string | undefined;
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
  readonly path?: string | undefined;
}

/** A WebSocket to a runtime without any of the client's manners. */
export class RawSocket {
  readonly #socket: WebSocket;
  readonly closed: Promise<number>;
  readonly #messages: Record<string, unknown>[] = [];
  readonly #waits = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('message', (data) => {
      this.#messages.push(JSON.parse((data as Buffer).toString()) as Record<string, unknown>);
      for (const look of [...this.#waits]) look();
    });
  }

  /** Opens one; rejects with the HTTP status when it is refused. */
  static open({ socket: path, token }: Discovery, options: RawOptions = {}): Promise<RawSocket> {
    const given = 'authorization' in options ? options.authorization : authorization(token);
    const socket = new WebSocket(`ws://localhost${options.path ?? UPGRADE_PATH}`, {
      createConnection: () => net.connect({ path }),
      headers: {
        ...(given === undefined ? {} : { Authorization: given }),
        ...(options.origin === undefined ? {} : { Origin: options.origin }),
        ...(options.host === undefined ? {} : { Host: options.host }),
      },
    });
    const raw = new RawSocket(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(raw));
      socket.once('unexpected-response', (_, response) => {
        socket.terminate();
        reject(new Error(`refused with ${response.statusCode}`));
      });
      socket.on('error', reject);
    });
  }

  send(frame: string | Buffer): void {
    this.#socket.send(frame);
  }

  /** Sends a request and resolves with the whole response. */
  async request(id: number, method: string, params?: unknown): Promise<Record<string, unknown>> {
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return this.until((message) => message['id'] === id);
  }

  /** The first message that fits, already there or to come. */
  until(fits: (message: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.#messages.find(fits);
        if (found === undefined) return;
        this.#waits.delete(look);
        resolve(found);
      };
      this.#waits.add(look);
      look();
    });
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** Params of an `initialize` that a runtime takes. */
export function hello(range = { min: 1, max: 1 }, more: object = {}): object {
  const holdfast = { protocol: range, client: { id: 'raw', kind: 'library', name: 'raw' }, ...more };
  return { processId: null, rootUri: null, capabilities: {}, initializationOptions: { holdfast } };
}
