/**
 * The fake agent that does what the test says: it tells each prompt to the socket that `FAKE_CONTROL` names, and ends it, asks,
 * and is deaf to cancel as it is told there. See `agentControl.ts`.
 */
import net from 'node:net';
import { createInterface } from 'node:readline';
import { ask, RpcError, say, serve } from './wire.mjs';

/** @typedef {{ id: number, sessionId: string, deaf: boolean, finish: (result: object) => void }} Prompt */

const socket = net.connect(process.env['FAKE_CONTROL'] ?? '');
const tell = (/** @type {object} */ message) => socket.write(`${JSON.stringify(message)}\n`);
/** @type {Map<number, Prompt>} */
const prompts = new Map();
let lastPrompt = 0;
let lastSession = 0;

/** @type {Record<string, (prompt: Prompt, message: any) => unknown>} */
const orders = {
  end: ({ finish }, { result }) => finish(result),
  deafen(prompt) {
    prompt.deaf = true;
    tell({ deaf: prompt.id });
  },
  async ask({ sessionId }, { question, title, options }) {
    const { outcome } = await ask('session/request_permission', {
      sessionId,
      toolCall: { toolCallId: title, title },
      options: options.map((/** @type {string} */ optionId) => ({
        optionId,
        name: optionId,
        kind: 'allow_once',
      })),
    });
    tell({ question, optionId: outcome.optionId });
  },
};

createInterface({ input: socket }).on('line', (line) => {
  const message = JSON.parse(line);
  const prompt = prompts.get(message.prompt);
  if (prompt) void orders[message.order]?.(prompt, message);
});
tell({ pid: process.pid });

serve({
  initialize: () => ({
    protocolVersion: 1,
    agentCapabilities: { sessionCapabilities: { close: {}, resume: {} } },
  }),
  'session/new': () => ({ sessionId: `session-${process.pid}-${++lastSession}` }),
  'session/resume': () => ({}),
  'session/close': () => ({}),
  async 'session/prompt'({ sessionId, prompt }) {
    const id = ++lastPrompt;
    const text = prompt.map((/** @type {{ text?: string }} */ block) => block.text ?? '').join('');
    /** @type {{ failed?: boolean, stopReason?: string }} */
    const result = await new Promise((finish) => {
      prompts.set(id, { id, sessionId, deaf: false, finish });
      say(sessionId, `working on ${text}`);
      tell({ prompt: id, text });
    });
    prompts.delete(id);
    if (result.failed) throw new RpcError(-32603, 'Internal error');
    return result;
  },
  'session/cancel'({ sessionId }) {
    for (const prompt of prompts.values())
      if (prompt.sessionId === sessionId && !prompt.deaf) prompt.finish({ stopReason: 'cancelled' });
  },
});
