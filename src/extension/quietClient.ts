import type { LogOutputChannel } from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  type MessageTransports,
  type Middleware,
} from 'vscode-languageclient';
import { errorText } from '../base/errorText.ts';
import type { Log } from '../client/index.ts';
import type { ClientHello } from '../protocol/handshake.ts';

/** What a quiet client is made of. */
export interface QuietClientOptions {
  /** Makes a connection, however long it takes. Its first rejection would be the client's last word. */
  readonly connect: () => Promise<MessageTransports>;
  readonly hello: () => ClientHello;
  /** Has its say in what the client does with documents. */
  readonly middleware: Middleware;
  /** Whether another connection is wanted when one is lost. */
  readonly goOn: () => boolean;
  readonly output: LogOutputChannel;
  readonly log: Log;
}

/**
 * A language client that goes on for as long as it is told to and shows nothing by itself: what it would say in windows of
 * its own goes to our log, and the window's state says it better (U8). It is the client without what starts servers; what
 * vscode-jsonrpc needs of Node comes with our own client.
 */
export class QuietClient extends LanguageClient {
  readonly #log: Log;

  constructor({ connect, hello, middleware, goOn, output, log }: QuietClientOptions) {
    super('holdfast', 'Holdfast', connect, {
      documentSelector: [],
      middleware,
      initializationOptions: () => ({ holdfast: hello() }),
      outputChannel: output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: goOn() ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true }),
      },
    });
    this.#log = log;
  }

  override error(message: string, data?: unknown): void {
    this.#log(data === undefined ? message : `${message} ${errorText(data)}`, 'info');
  }
}
