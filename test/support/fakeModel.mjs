/**
 * A model server for real agents, offline: Anthropic Messages and OpenAI Chat Completions, streaming, loopback only. It does
 * what the last line of the person that it knows says:
 *
 *   say TEXT · write file PATH with TEXT · run COMMAND · ask me · use TOOL · slow COUNT MS
 *
 * and after a tool's result says `Done: …` with the beginning of that result. Anything else is answered `Hm.`
 */
import { createServer } from 'node:http';

/** @typedef {{ role: 'user' | 'tool' | 'other', text: string }} Message */
/** @typedef {{ text?: string, slow?: [number, number], tool?: string, input?: object }} Reply */

const KNOWN = /^(say|write file|run|ask me|use|slow)\b/;
const question = {
  question: 'Which colour?',
  header: 'Colour',
  multiSelect: false,
  options: [
    { label: 'Red', description: 'warm' },
    { label: 'Blue', description: 'calm' },
  ],
};

/**
 * @param {Message[]} messages
 * @param {string[]} tools
 * @param {string} pathName What the write tool calls a path.
 * @returns {Reply}
 */
function replyTo(messages, tools, pathName) {
  const at = messages.findLastIndex(({ role, text }) => role === 'user' && lineOf(text) !== undefined);
  const result = messages.slice(at + 1).findLast(({ role }) => role === 'tool');
  if (result) return { text: `Done: ${result.text.slice(0, 200)}` };
  const line = lineOf(messages[at]?.text ?? '') ?? '';
  const find = (/** @type {RegExp} */ name) => tools.find((tool) => name.test(tool));
  /** @type {(tool: string | undefined, input: object) => Reply} */
  const use = (tool, input) =>
    tool ? { tool, input } : { text: `There is no such tool among ${tools.join(', ')}` };
  const [, path = '', text = ''] = /^write file (\S+) with (.*)$/.exec(line) ?? [];
  if (path) return use(find(/^write$/i), { [pathName]: path, content: text });
  const [word = '', ...rest] = line.split(' ');
  switch (word) {
    case 'say':
      return { text: rest.join(' ') };
    case 'run':
      return use(find(/^bash$/i), { command: rest.join(' '), description: 'Runs it' });
    case 'ask':
      return use(find(/^(AskUserQuestion|question)$/), { questions: [question] });
    case 'use':
      return use(
        tools.find((tool) => tool.endsWith(rest[0] ?? '?')),
        {},
      );
    case 'slow':
      return { slow: [Number(rest[0]), Number(rest[1])] };
    default:
      return { text: 'Hm.' };
  }
}

/** @param {string} text */
function lineOf(text) {
  const own = text.replace(/<(system-reminder|context)>[\s\S]*?<\/\1>/g, '').split('\n');
  return own.map((line) => line.trim()).findLast((line) => KNOWN.test(line));
}

/** @param {Reply} reply */
async function* words(reply) {
  const { text = '', slow: [count, ms] = [0, 0] } = reply;
  yield* text.match(/\S+\s*/g) ?? [];
  for (let n = 1; n <= count; n++) {
    yield `${n} `;
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

/** @param {any} content @returns {string} */
const textOf = (content) =>
  typeof content === 'string'
    ? content
    : (content ?? []).map((/** @type {any} */ part) => part.text ?? textOf(part.content ?? '')).join('\n');

/** @param {any} body @param {(event: object, type?: string) => void} send */
async function anthropic(body, send) {
  const messages = body.messages.flatMap((/** @type {any} */ { role, content }) => {
    const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    return parts.map((/** @type {any} */ part) => ({
      role: part.type === 'tool_result' ? 'tool' : role === 'user' ? 'user' : 'other',
      text: part.type === 'tool_result' ? textOf(part.content) : (part.text ?? ''),
    }));
  });
  const reply = replyTo(
    messages,
    (body.tools ?? []).map((/** @type {any} */ tool) => tool.name),
    'file_path',
  );
  const usage = { input_tokens: 100, output_tokens: 10 };
  /** @param {any} event */
  const say = (event) => send(event, event.type);
  const message = {
    id: `msg_${Date.now()}`,
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  say({ type: 'message_start', message });
  if (reply.tool) {
    say({
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: `toolu_${Date.now()}`, name: reply.tool, input: {} },
    });
    say({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: JSON.stringify(reply.input) },
    });
  } else {
    say({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
    for await (const text of words(reply))
      say({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
  }
  say({ type: 'content_block_stop', index: 0 });
  say({
    type: 'message_delta',
    delta: { stop_reason: reply.tool ? 'tool_use' : 'end_turn', stop_sequence: null },
    usage,
  });
  say({ type: 'message_stop' });
}

/** @param {any} body @param {(event: object) => void} send */
async function chat(body, send) {
  const messages = body.messages.map((/** @type {any} */ { role, content }) => ({
    role: role === 'tool' || role === 'user' ? role : 'other',
    text: textOf(content),
  }));
  const reply = replyTo(
    messages,
    (body.tools ?? []).map((/** @type {any} */ tool) => tool.function.name),
    'filePath',
  );
  const id = `chat_${Date.now()}`;
  const say = (/** @type {object} */ delta, /** @type {string | null} */ finish_reason = null) =>
    send({
      id,
      object: 'chat.completion.chunk',
      created: 1,
      model: body.model,
      choices: [{ index: 0, delta, finish_reason }],
    });
  say({ role: 'assistant', content: '' });
  if (reply.tool) {
    const call = { name: reply.tool, arguments: JSON.stringify(reply.input) };
    say({ tool_calls: [{ index: 0, id: `call_${Date.now()}`, type: 'function', function: call }] });
    return say({}, 'tool_calls');
  }
  for await (const content of words(reply)) say({ content });
  say({}, 'stop');
}

/**
 * Starts the server on a free port.
 *
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export function startFakeModel() {
  const server = createServer((request, response) => void answerRequest(request, response));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const close = () => {
        server.closeAllConnections();
        server.close();
      };
      resolve({ url: `http://127.0.0.1:${port}`, close });
    });
  });
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answerRequest(request, response) {
  let text = '';
  for await (const part of request) text += part;
  const path = new URL(request.url ?? '/', 'http://x').pathname;
  const answer = /\/messages$/.test(path) ? anthropic : /\/chat\/completions$/.test(path) ? chat : undefined;
  if (answer === undefined || request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.end(JSON.stringify({ input_tokens: 100, object: 'list', data: [] }));
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  await answer(JSON.parse(text), (/** @type {object} */ event, /** @type {string} */ type = '') => {
    response.write(`${type ? `event: ${type}\n` : ''}data: ${JSON.stringify(event)}\n\n`);
  });
  response.end(answer === chat ? 'data: [DONE]\n\n' : '');
}
