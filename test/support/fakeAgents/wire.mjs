import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** The wire of a fake agent: newline-delimited JSON-RPC on stdio, without the SDK. It ends when its stdin closes. */

/** @typedef {Record<string, any>} Json */

let lastId = 0;
/** @type {Map<number, (answer: Json) => void>} */
const waiting = new Map();

/** @param {Json} message */
export const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

/**
 * @param {string} sessionId
 * @param {Json} update
 */
export const update = (sessionId, update) =>
  send({ method: 'session/update', params: { sessionId, update } });

/**
 * @param {string} sessionId
 * @param {string} text
 * @param {string} [kind]
 */
export const say = (sessionId, text, kind = 'agent_message_chunk') =>
  update(sessionId, { sessionUpdate: kind, content: { type: 'text', text } });

/**
 * Asks the client something; resolves with its result, or with `{ error }`.
 *
 * @param {string} method
 * @param {Json} params
 * @returns {Promise<Json>}
 */
export function ask(method, params) {
  const id = ++lastId;
  // What was asked stands beside what was answered, where a test records that.
  if (process.env['FAKE_RECORD'])
    appendFileSync(process.env['FAKE_RECORD'], `${JSON.stringify({ asked: id, method })}\n`);
  send({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

/**
 * Says something right behind the answer of the handler that runs: both go out in one piece.
 *
 * @param {() => void} action
 */
export function afterAnswer(action) {
  process.stdout.cork();
  setImmediate(() => {
    action();
    process.stdout.uncork();
  });
}

/** An error to be thrown by a handler. */
export class RpcError extends Error {
  /**
   * @param {number} code
   * @param {string} message
   * @param {unknown} [data]
   */
  constructor(code, message, data) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/**
 * Answers what the client sends. A handler's result is the answer; a method without a handler is answered −32601.
 *
 * @param {Record<string, (params: any) => unknown>} handlers
 */
export function serve(handlers) {
  createInterface({ input: process.stdin })
    .on('line', (line) => void receive(JSON.parse(line), handlers))
    .on('close', () => process.exit(0));
}

/**
 * @param {Json} message
 * @param {Record<string, (params: any) => unknown>} handlers
 */
async function receive({ id, method, params, result, error }, handlers) {
  if (method === undefined) return waiting.get(id)?.(error ? { error } : result);
  const handler = handlers[method];
  if (id === undefined) return void handler?.(params);
  try {
    if (!handler) throw new RpcError(-32601, `"Method not found": ${method}`);
    send({ id, result: (await handler(params)) ?? null });
  } catch (thrown) {
    const { code = -32603, message, data } = /** @type {Json} */ (thrown);
    send({ id, error: { code, message, data } });
  }
}
