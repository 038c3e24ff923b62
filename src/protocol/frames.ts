import { Emitter, type Listen } from '../base/emitter.ts';
import type { Disposable } from '../base/disposable.ts';

/** The few things a frame transport needs of a WebSocket (ARCHITECTURE.md: one JSON-RPC message a text frame). */
export interface FrameSocket {
  send(text: string, done: (error?: Error) => void): void;
  close(code: number, reason: string): void;
  onText(listener: (text: string) => void): void;
  onClose(listener: (code: number, reason: string) => void): void;
  onError(listener: (error: Error) => void): void;
}

/** Structurally vscode-jsonrpc's `Message`. */
export interface Message {
  readonly jsonrpc: string;
}

/** Structurally vscode-jsonrpc's `MessageReader` and `MessageWriter`, without depending on it. */
export interface FrameTransport {
  readonly reader: {
    readonly onError: Listen<Error>;
    readonly onClose: Listen<void>;
    readonly onPartialMessage: Listen<never>;
    listen(callback: (message: Message) => void): Disposable;
    dispose(): void;
  };
  readonly writer: {
    readonly onError: Listen<[Error, Message | undefined, number | undefined]>;
    readonly onClose: Listen<void>;
    write(message: Message): Promise<void>;
    end(): void;
    dispose(): void;
  };
}

/** How deep arrays and objects may nest in one message (S1). */
export const MAX_DEPTH = 128;

/**
 * A JSON-RPC transport over a socket. Frames that come before `listen` are kept, and a close before it is told: neither
 * is lost to the gap between connecting and listening. A frame that is no JSON-RPC message, or nests too deep, closes
 * the connection with 1007 or 1008 and says why.
 */
export function frameTransport(socket: FrameSocket): FrameTransport {
  const readError = new Emitter<Error>();
  const readClose = new Emitter<void>();
  const writeError = new Emitter<[Error, Message | undefined, number | undefined]>();
  const writeClose = new Emitter<void>();
  let early: string[] = [];
  let callback: ((message: Message) => void) | undefined;
  let closed = false;

  const take = (text: string): void => {
    if (closed) return;
    const read = readMessage(text);
    if ('message' in read) callback?.(read.message);
    else {
      readError.fire(new Error(read.problem));
      socket.close(read.code, read.problem);
    }
  };
  const tellClose = (): void => {
    readClose.fire();
    writeClose.fire();
  };
  socket.onText((text) => {
    if (callback === undefined) early.push(text);
    else take(text);
  });
  socket.onError((error) => readError.fire(error));
  socket.onClose(() => {
    if (closed) return;
    closed = true;
    if (callback !== undefined) tellClose();
  });

  return {
    reader: {
      onError: readError.listen,
      onClose: readClose.listen,
      onPartialMessage: () => ({ dispose() {} }),
      listen(listener) {
        callback = listener;
        const kept = early;
        early = [];
        for (const text of kept) take(text);
        if (closed) queueMicrotask(tellClose);
        return { dispose: () => (callback = undefined) };
      },
      dispose() {
        callback = undefined;
      },
    },
    writer: {
      onError: writeError.listen,
      onClose: writeClose.listen,
      write: (message) =>
        new Promise((resolve, reject) => {
          if (closed) return reject(new Error('the connection is closed'));
          socket.send(JSON.stringify(message), (error) => {
            if (error === undefined || error === null) return resolve();
            writeError.fire([error, message, undefined]);
            reject(error);
          });
        }),
      end: () => socket.close(1000, ''),
      dispose() {},
    },
  };
}

type Read = { readonly message: Message } | { readonly code: number; readonly problem: string };

function readMessage(text: string): Read {
  if (deeperThan(text, MAX_DEPTH)) return { code: 1008, problem: `a message nests deeper than ${MAX_DEPTH}` };
  try {
    const value: unknown = JSON.parse(text);
    const message =
      typeof value === 'object' && value !== null && 'jsonrpc' in value && value.jsonrpc === '2.0';
    if (message) return { message: value as Message };
  } catch {
    return { code: 1007, problem: 'a frame is not JSON' };
  }
  return { code: 1008, problem: 'a frame is not a JSON-RPC 2.0 message' };
}

/** Whether brackets outside strings nest deeper than `limit`; looks at the text, so that nothing deep is ever built. */
function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22) {
      index = stringEnd(text, index + 1);
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

/** The index of the quote that ends the string which begins at `from`. */
function stringEnd(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end !== -1) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}
