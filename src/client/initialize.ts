import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../protocol/errors.ts';
import { runtimeHelloSchema, type ClientHello, type RuntimeHello } from '../protocol/handshake.ts';
import { issueText } from '../protocol/parseParams.ts';
import { sendRequest } from './sendRequest.ts';

/** How long a runtime may take to answer `initialize`: reading a large journal's recovery is not part of it. */
const INITIALIZE_MS = 30_000;

/** What ends the wait for an answer. */
export interface InitializeOptions {
  /** Resolves when the connection is closed. */
  readonly gone: Promise<void>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/**
 * Says who this client is, and reads what the runtime says of itself (ARCHITECTURE.md). Versions that do not meet are an
 * answer, not an error. Rejects with `connectionLost`, `timedOut`, `aborted` or `badAnswer`.
 */
export async function initialize(
  connection: MessageConnection,
  hello: ClientHello,
  { gone, signal, clock }: InitializeOptions,
): Promise<RuntimeHello> {
  const params = {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    initializationOptions: { holdfast: hello },
  };
  const asked = sendRequest(connection, 'initialize', params, { timeoutMs: INITIALIZE_MS, signal, clock });
  // vscode-jsonrpc settles what is pending only when it is disposed: without this a whole time-out would be waited for.
  const result = await Promise.race([asked, gone.then(() => Promise.reject(goneEarly()))]);
  const told =
    typeof result === 'object' && result !== null && 'holdfast' in result ? result.holdfast : undefined;
  const parsed = runtimeHelloSchema.safeParse(told);
  if (!parsed.success) {
    const words = `the answer to initialize cannot be understood: ${issueText(parsed.error)}`;
    throw new HoldfastError('badAnswer', words);
  }
  if (parsed.data.protocol !== null) await connection.sendNotification('initialized', {});
  return parsed.data;
}

function goneEarly(): HoldfastError {
  return new HoldfastError('connectionLost', 'the connection went before initialize was answered');
}
