import type { FrameSocket } from './frames.ts';

/** The part of `ws`'s WebSocket that is used, so that this file depends on no package. */
export interface WebSocketLike {
  send(text: string, done: (error?: Error) => void): void;
  close(code: number, reason: string): void;
  on(event: 'message', listener: (data: { toString(): string }, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: (code: number, reason: { toString(): string }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** A close frame holds at most 123 bytes of reason. */
const REASON_LENGTH = 100;

/** A WebSocket as a frame socket: text frames only; a binary one closes the connection with 1003. */
export function frameSocketOf(socket: WebSocketLike): FrameSocket {
  return {
    send: (text, done) => socket.send(text, done),
    close: (code, reason) => socket.close(code, reason.slice(0, REASON_LENGTH)),
    onText(listener) {
      socket.on('message', (data, isBinary) => {
        if (isBinary) socket.close(1003, 'binary frames are not spoken here');
        else listener(data.toString());
      });
    },
    onClose: (listener) => void socket.on('close', (code, reason) => listener(code, reason.toString())),
    onError: (listener) => void socket.on('error', listener),
  };
}
