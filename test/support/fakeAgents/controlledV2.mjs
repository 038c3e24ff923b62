/**
 * The fake agent that does what the test says, in ACP 2: as `controlled` does, and what it is given while it works it keeps until
 * it is told what to do with it. Work is over when all that it works on in a session is. See `agentControl.ts`.
 */
import net from 'node:net';
import { createInterface } from 'node:readline';
import { ask, RpcError, serve, update } from './wire.mjs';

/** @typedef {{ id: number, sessionId: string, text: string, deaf: boolean, answer: (result: object) => void, refuse: (error: Error) => void }} Prompt */

const socket = net.connect(process.env['FAKE_CONTROL'] ?? '');
const tell = (/** @type {object} */ message) => socket.write(`${JSON.stringify(message)}\n`);
/** @type {Map<number, Prompt>} */
const prompts = new Map();
/** What is worked on, by session. @type {Map<string, Set<Prompt>>} */
const sessions = new Map();
let lastPrompt = 0;
let lastSession = 0;

const state = (/** @type {string} */ id, /** @type {string} */ now, more = {}) =>
  update(id, { sessionUpdate: 'state_update', state: now, ...more });
const text = (/** @type {string} */ words) => ({ type: 'text', text: words });
const worksIn = (/** @type {string} */ id) => sessions.get(id) ?? new Set();

/** It stands in the conversation from now on. @param {Prompt} prompt */
function insert({ id, sessionId, text: words, answer }) {
  const messageId = `user-${id}`;
  update(sessionId, { sessionUpdate: 'user_message', messageId, content: [text(words)] });
  answer({ messageId });
}

/** @param {Prompt} prompt */
function begin(prompt) {
  const { id, sessionId, text: words } = prompt;
  const works = worksIn(sessionId);
  works.add(prompt);
  if (works.size === 1) state(sessionId, 'running');
  insert(prompt);
  const content = text(`working on ${words}`);
  update(sessionId, { sessionUpdate: 'agent_message_chunk', messageId: `agent-${id}`, content });
  tell({ prompt: id, text: words });
}

/** @param {Prompt} prompt @param {object} how */
function finish(prompt, how) {
  const works = worksIn(prompt.sessionId);
  if (works.delete(prompt) && works.size === 0) state(prompt.sessionId, 'idle', how);
}

/** @type {Record<string, (prompt: Prompt, message: any) => unknown>} */
const orders = {
  end(prompt, { result: { failed, ...result } }) {
    finish(prompt, failed ? { stopReason: 'error', error: { code: -32603, message: 'it failed' } } : result);
  },
  deafen(prompt) {
    prompt.deaf = true;
    tell({ deaf: prompt.id });
  },
  land(prompt, { fate, isDeaf }) {
    prompt.deaf = isDeaf;
    if (fate === 'refused') prompt.refuse(new RpcError(-32603, 'Internal error', 'not now'));
    else if (fate === 'joined') insert(prompt);
    else begin(prompt);
  },
  async ask({ sessionId }, { question, title, options }) {
    const { outcome } = await ask('session/request_permission', {
      sessionId,
      title,
      subject: { type: 'tool_call', toolCall: { toolCallId: title, title } },
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
    protocolVersion: 2,
    info: { name: 'controlled', version: '2.0.0' },
    capabilities: { session: {} },
  }),
  'session/new'() {
    const sessionId = `session-${process.pid}-${++lastSession}`;
    sessions.set(sessionId, new Set());
    return { sessionId };
  },
  'session/resume': ({ sessionId }) => (sessions.set(sessionId, new Set()), {}),
  'session/close': ({ sessionId }) => (sessions.delete(sessionId), {}),
  'session/prompt': ({ sessionId, prompt }) =>
    new Promise((answer, refuse) => {
      const words = prompt.map((/** @type {{ text?: string }} */ block) => block.text ?? '').join('');
      const own = { id: ++lastPrompt, sessionId, text: words, deaf: false, answer, refuse };
      prompts.set(own.id, own);
      if (worksIn(sessionId).size === 0) begin(own);
      else tell({ prompt: own.id, text: words, given: true });
    }),
  'session/cancel'({ sessionId }) {
    for (const prompt of worksIn(sessionId)) if (!prompt.deaf) finish(prompt, { stopReason: 'cancelled' });
  },
  '$/cancel_request': () => undefined,
});
