import {
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  type MessageConnection,
} from 'vscode-languageserver-protocol/node';
import { DisposableStore } from '../base/disposable.ts';
import { HoldfastError, type ErrorData } from '../protocol/errors.ts';
import { frameTransport, type FrameSocket } from '../protocol/frames.ts';
import { clientHelloSchema, type RuntimeHello } from '../protocol/handshake.ts';
import {
  clientNotificationSchemas,
  requestSchemas,
  type FoldersChange,
  type Method,
  type NotificationParams,
  type RuntimeNotification,
} from '../protocol/methods.ts';
import { issueText, parseParams } from '../protocol/parseParams.ts';
import { READ_ONLY_METHODS, READ_ONLY_WORDS } from '../protocol/readOnly.ts';
import { negotiate, PROTOCOL } from '../protocol/version.ts';
import { DocumentSync } from './documents/documentSync.ts';
import { fileOfUri } from './documents/fileUri.ts';
import type { Documents } from './documents/documents.ts';
import { ClientFeed } from './feed.ts';
import type { Caller, Cancellation, Handlers } from './handlers.ts';
import type { Journal } from './journal/journal.ts';
import type { Log } from './log.ts';

/** Where a connection came from. */
export interface Origin {
  /** Whether over a port; else over the runtime's own socket. */
  readonly isRemote: boolean;
}

/** What a connection needs of the runtime. */
export interface ConnectionParts {
  readonly journal: Journal;
  readonly handlers: Handlers;
  readonly documents: Documents;
  readonly log: Log;
  hello(
    agents: Readonly<Record<string, unknown>>,
  ): Omit<RuntimeHello, 'protocol' | 'range' | 'incompatible' | 'sessionIds'>;
  /** Requests that change something wait for it; reads do not (P5). */
  readonly recovered: Promise<void>;
  /** Takes secrets out of an error that is answered (C5). */
  redactError?(error: HoldfastError): HoldfastError;
  onReady(connection: Connection): void;
  /** The client's window gained or lost the focus. */
  onFocus(connection: Connection, focused: boolean): void;
  /** The client's window has other folders than before: `windowFolders`. */
  onFolders(connection: Connection): void;
  onClosed(connection: Connection): void;
}

/**
 * One client's connection: JSON-RPC on the LSP base. Nothing but `initialize` is answered before `initialize`; nothing is
 * answered to a client whose protocol range does not meet ours, and the connection says so instead of dropping.
 */
export class Connection {
  readonly #socket: FrameSocket;
  readonly #parts: ConnectionParts;
  readonly #origin: Origin;
  /** What this client asked for and that goes with it. */
  readonly #owned = new DisposableStore();
  readonly #rpc: MessageConnection;
  #caller: Caller | undefined;
  #folders: readonly string[] | undefined;
  #sync: DocumentSync | undefined;
  #incompatible: string | undefined;
  #summaries = false;
  #readOnly = false;
  #closed = false;

  constructor(socket: FrameSocket, parts: ConnectionParts, origin: Origin = { isRemote: false }) {
    this.#socket = socket;
    this.#parts = parts;
    this.#origin = origin;
    const { reader, writer } = frameTransport(socket);
    this.#rpc = createMessageConnection(reader, writer, {
      error: (text) => parts.log.warn(`connection: ${text}`),
      warn: (text) => parts.log.warn(`connection: ${text}`),
      info: () => undefined,
      log: () => undefined,
    });
    this.#rpc.onRequest((method: string, params: unknown, cancellation: Cancellation) =>
      this.#request(method, params, cancellation),
    );
    this.#rpc.onNotification((method: string, params: unknown) => this.#notification(method, params));
    this.#rpc.onError(([error]) => parts.log.warn(`connection of ${this.name}`, error));
    this.#rpc.onUnhandledNotification(() => undefined);
    this.#rpc.onClose(() => this.#close());
    this.#rpc.listen();
  }

  /** The client's name for logs and for people. */
  get name(): string {
    return this.#caller?.by.name ?? 'a client that has not said its name';
  }

  /** The client's id, which outlives its connections. */
  get client(): string | undefined {
    return this.#caller?.by.client;
  }

  get feed(): ClientFeed | undefined {
    return this.#caller?.feed;
  }

  /** Agent definitions from the client's settings. */
  get agents(): Readonly<Record<string, unknown>> {
    return this.#caller?.agents ?? {};
  }

  /** The folders of an editor's window; `undefined` for a client that is none. */
  get windowFolders(): readonly string[] | undefined {
    return this.#folders;
  }

  get wantsSummaries(): boolean {
    return this.#summaries;
  }

  /** Sends a notification; a connection that is going away loses it, its feed does not. */
  notify<N extends RuntimeNotification>(method: N, params: NotificationParams<N>): void {
    if (this.#closed) return;
    this.#rpc.sendNotification(method, params).catch(() => undefined);
  }

  /** Closes, saying why. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  async #request(method: string, params: unknown, cancellation: Cancellation): Promise<unknown> {
    try {
      if (method === 'initialize') return this.#initialize(params);
      if (method === 'shutdown') return null;
      const caller = this.#ready();
      if (!Object.hasOwn(requestSchemas, method)) {
        return new ResponseError(ErrorCodes.MethodNotFound, `this runtime knows no method ${method}`);
      }
      return await this.#handle(method as Method, params, { caller, cancellation });
    } catch (error) {
      return this.#errorResponse(method, error);
    }
  }

  async #handle<M extends Method>(
    method: M,
    params: unknown,
    { caller, cancellation }: { readonly caller: Caller; readonly cancellation: Cancellation },
  ): Promise<unknown> {
    if (this.#readOnly && !READ_ONLY_METHODS.has(method))
      throw new HoldfastError('permissionDenied', `${method} was refused: ${READ_ONLY_WORDS}`, { method });
    const parsed: object = parseParams(method, requestSchemas[method].params, params);
    if ('commandId' in parsed) await this.#parts.recovered;
    const handler = this.#parts.handlers[method] as (
      params: unknown,
      caller: Caller,
      cancellation: Cancellation,
    ) => unknown;
    return handler(parsed, caller, cancellation);
  }

  #notification(method: string, params: unknown): void {
    if (method === 'exit') return this.close(1000, 'the client left');
    const caller = this.#caller;
    if (caller === undefined) return;
    if (method === 'initialized') return this.#sync?.begin(this.#parts.documents);
    if (!Object.hasOwn(clientNotificationSchemas, method)) return;
    try {
      if (method === 'feed/credit') {
        caller.feed.credit(parseParams(method, clientNotificationSchemas[method].params, params).bytes);
      } else if (method === 'window/focus') {
        const { focused } = parseParams(method, clientNotificationSchemas[method].params, params);
        this.#parts.onFocus(this, focused);
      } else if (method === 'workspace/didChangeWorkspaceFolders') {
        const { event } = parseParams(method, clientNotificationSchemas[method].params, params);
        this.#foldersChanged(event);
      } else this.#sync?.take(method, params);
    } catch (error) {
      this.#parts.log.warn(`${this.name}: a notification could not be read`, error);
    }
  }

  /** A window in Restricted Mode has no folders for us. */
  #foldersChanged({ added, removed }: FoldersChange): void {
    if (this.#folders === undefined) return;
    const gone = new Set(foldersOf(removed));
    this.#folders = [
      ...new Set([...this.#folders.filter((folder) => !gone.has(folder)), ...foldersOf(added)]),
    ];
    this.#sync?.moved(this.#folders);
    this.#parts.onFolders(this);
  }

  #ready(): Caller {
    if (this.#caller !== undefined) return this.#caller;
    if (this.#incompatible !== undefined) throw new HoldfastError('incompatible', this.#incompatible);
    throw new HoldfastError('notInitialized', 'the first request must be initialize');
  }

  #initialize(params: unknown): unknown {
    if (this.#caller !== undefined)
      throw new HoldfastError('invalidParams', 'initialize was already answered');
    const options = (params as { initializationOptions?: { holdfast?: unknown } } | undefined)
      ?.initializationOptions;
    const parsed = clientHelloSchema.safeParse(options?.holdfast);
    if (!parsed.success) {
      throw new HoldfastError(
        'invalidParams',
        `initialize: initializationOptions.holdfast: ${issueText(parsed.error)}`,
      );
    }
    const { protocol: theirs, client, creditBytes, summaries, agents, folders, readOnly } = parsed.data;
    const protocol = negotiate(PROTOCOL, theirs) ?? null;
    const { isRemote } = this.#origin;
    const sessionIds = isRemote ? ('host' as const) : ('client' as const);
    const hello = { ...this.#parts.hello(agents), sessionIds, protocol, range: PROTOCOL };
    if (protocol === null) {
      this.#incompatible =
        `this runtime speaks protocol ${PROTOCOL.min} to ${PROTOCOL.max}, the client ${theirs.min} to ${theirs.max}; ` +
        'update the older of the two, or stop the runtime with: holdfast runtime stop --force';
      return initializeResult({ ...hello, incompatible: this.#incompatible });
    }
    this.#summaries = summaries;
    this.#readOnly = readOnly;
    // Nobody is told through a window that cannot answer.
    if (client.kind === 'editor' && !readOnly) this.#folders = folders;
    // A window on another machine means its own files by the same paths.
    if (!isRemote && !readOnly)
      this.#sync = DocumentSync.of(params, { name: client.name, folders, rpc: this.#rpc });
    this.#caller = {
      by: { client: client.id, name: client.name },
      agents,
      currentSession: undefined,
      isRemote,
      announce: (openId, sessionId) =>
        this.notify('session/events', { openId, sessionId, events: [], bytes: 0 }),
      own: (thing) => void this.#owned.add(thing),
      feed: new ClientFeed(this.#parts.journal, creditBytes, {
        send: (envelopes, bytes) => this.#sendEvents(envelopes, bytes),
        onUnreadable: (sessionId, error) =>
          this.#parts.log.error(`the events of session ${sessionId} cannot be read`, error),
      }),
    };
    this.#parts.onReady(this);
    return initializeResult(hello);
  }

  /** Envelopes go out as the text they are stored as: they are never parsed on their way. */
  #sendEvents(envelopes: readonly string[], bytes: number): void {
    if (this.#closed) return;
    const frame = `{"jsonrpc":"2.0","method":"session/events","params":{"events":[${envelopes.join(',')}],"bytes":${bytes}}}`;
    this.#socket.send(frame, () => undefined);
  }

  #errorResponse(method: string, error: unknown): ResponseError<ErrorData> {
    if (error instanceof HoldfastError) {
      const { code, message, kind, details } = this.#parts.redactError?.(error) ?? error;
      return new ResponseError(code, message, { kind, details });
    }
    this.#parts.log.error(`${method} failed`, error);
    return new ResponseError(
      ErrorCodes.InternalError,
      `internal error in ${method}; the runtime's log has the details`,
      {
        kind: 'internalError',
        details: {},
      },
    );
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sync?.dispose();
    this.#rpc.dispose();
    this.#owned.dispose();
    this.#parts.onClosed(this);
  }
}

/** Paths of folders that are files of this machine. */
function foldersOf(folders: FoldersChange['added']): string[] {
  return folders.map(({ uri }) => fileOfUri(uri)).filter((folder) => folder !== undefined);
}

/** An LSP `InitializeResult`: ours are the extra fields. */
function initializeResult(hello: RuntimeHello | Omit<RuntimeHello, 'agentProblems'>): unknown {
  const capabilities = { workspace: { workspaceFolders: { supported: true, changeNotifications: true } } };
  return { capabilities, serverInfo: { name: 'holdfast' }, holdfast: hello };
}
