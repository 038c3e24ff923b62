/**
 * The fake agent that speaks ACP v2 alone: does what the prompt says, one instruction a line (see `instructions`). `FAKE_CAPS`
 * (JSON) is merged into its session capabilities, `FAKE_RECORD` names a file that gets every line the client sends,
 * `FAKE_PAST` (JSON) is the conversations that it knows from before.
 */
import { appendFileSync } from 'node:fs';
import { ask, RpcError, serve, update } from './wire.mjs';

/** @typedef {{ cwd: string, mcpServers: unknown, cancelled: boolean, onCancel?: () => void, working?: boolean, onSteer?: (words: string) => void, steered?: string[] }} Session */

const { FAKE_RECORD, FAKE_CAPS, FAKE_PAST } = process.env;
if (FAKE_RECORD) process.stdin.on('data', (bytes) => appendFileSync(FAKE_RECORD, bytes));

/** @type {Map<string, Session>} */
const sessions = new Map();
/** @type {Record<string, { cwd: string, title: string, past: [string, string][] }>} */
const known = JSON.parse(FAKE_PAST ?? '{}');
let lastSession = 0;
let lastMessage = 0;
let effort = 'low';

const text = (/** @type {string} */ words) => ({ type: 'text', text: words });
const base64 = (/** @type {string} */ words) => Buffer.from(words).toString('base64');
const state = (/** @type {string} */ id, /** @type {string} */ now, more = {}) =>
  update(id, { sessionUpdate: 'state_update', state: now, ...more });
function say(/** @type {string} */ id, /** @type {string} */ words) {
  const messageId = `m${++lastMessage}`;
  for (const word of words.split(/(?<= )/))
    update(id, { sessionUpdate: 'agent_message_chunk', messageId, content: text(word) });
}
const configOptions = () => [
  {
    configId: 'effort',
    name: 'Effort',
    type: 'select',
    currentValue: effort,
    options: [
      { value: 'low', name: 'Low' },
      { value: 'high', name: 'High' },
    ],
  },
];
const options = [
  { optionId: 'once', name: 'Allow once', kind: 'allow_once' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
];
const patch = [
  'diff --git a/a.txt b/a.txt',
  '--- a/a.txt',
  '+++ b/a.txt',
  '@@ -1,2 +1,2 @@',
  ' same',
  '-old',
  '+new',
  '',
].join('\n');

/** @type {Record<string, (id: string, session: Session, rest: string) => unknown>} */
const instructions = {
  say: (id, _, rest) => say(id, rest),
  /** Two messages whose chunks interleave, and then one of them again as a whole. */
  interleave(id) {
    for (const [messageId, word] of [
      ['x', 'one '],
      ['y', 'first '],
      ['x', 'two'],
      ['y', 'second'],
    ])
      update(id, { sessionUpdate: 'agent_message_chunk', messageId, content: text(String(word)) });
    update(id, { sessionUpdate: 'agent_message', messageId: 'x', content: [text('corrected')] });
  },
  think: (id) =>
    update(id, { sessionUpdate: 'agent_thought', messageId: `t${++lastMessage}`, content: [text('hmm')] }),
  tool(id) {
    const diff = { type: 'diff', changes: [{ operation: 'modify', path: '/w/a.txt' }] };
    const call = (/** @type {object} */ fields) =>
      update(id, { sessionUpdate: 'tool_call_update', toolCallId: 'edit', ...fields });
    call({ title: 'Edit a.txt', kind: 'edit', locations: [{ path: '/w/a.txt', line: 3 }] });
    call({ status: 'in_progress', content: [{ ...diff, patch: { format: 'git_patch', text: patch } }] });
    call({ status: 'completed' });
  },
  /** `chunks N`: a tool call whose content comes in N pieces. */
  chunks(id, _, rest) {
    const toolCallId = 'chunked';
    update(id, { sessionUpdate: 'tool_call_update', toolCallId, title: 'Look', status: 'in_progress' });
    for (let n = 1; n <= Number(rest); n++) {
      const content = { type: 'content', content: text(`${n} `) };
      update(id, { sessionUpdate: 'tool_call_content_chunk', toolCallId, content });
    }
    update(id, { sessionUpdate: 'tool_call_update', toolCallId, status: 'completed' });
  },
  terminal(id) {
    const terminalId = 'term';
    const content = [{ type: 'terminal', terminalId }];
    update(id, {
      sessionUpdate: 'tool_call_update',
      toolCallId: 'run',
      title: 'Make',
      kind: 'execute',
      content,
    });
    const terminal = (/** @type {object} */ fields) =>
      update(id, { sessionUpdate: 'terminal_update', terminalId, ...fields });
    terminal({ command: 'make all', cwd: '/w' });
    update(id, { sessionUpdate: 'terminal_output_chunk', terminalId, data: base64('one\n') });
    terminal({ output: { data: base64('one\ntwo\n') } });
    terminal({ exitStatus: { exitCode: 2 } });
  },
  async permission(id) {
    state(id, 'requires_action');
    const toolCall = { toolCallId: 'rm', title: 'Remove a.txt', kind: 'delete' };
    const subject = { type: 'tool_call', toolCall };
    const params = { sessionId: id, title: 'Remove it?', description: 'It is old.', subject, options };
    const { outcome } = await ask('session/request_permission', params);
    state(id, 'running');
    say(id, outcome.optionId ?? outcome.outcome);
  },
  async command(id) {
    const subject = { type: 'command', command: 'make clean', cwd: '/w' };
    const params = { sessionId: id, title: 'Run it?', subject, options };
    const { outcome } = await ask('session/request_permission', params);
    say(id, outcome.optionId ?? outcome.outcome);
  },
  async elicit(id) {
    const requestedSchema = { type: 'object', properties: { n: { type: 'integer', default: 1 } } };
    const params = { sessionId: id, mode: 'form', message: '?', requestedSchema };
    say(id, JSON.stringify(await ask('elicitation/create', params)));
  },
  hang: (_, session) =>
    new Promise((resolve) => (session.cancelled ? resolve(0) : (session.onCancel = () => resolve(0)))),
  crash() {
    process.stderr.write('it hurts\n', () => process.exit(7));
    return new Promise(() => {});
  },
  refuse: () => ({ stopReason: 'refusal' }),
  error: () => ({ stopReason: 'error', error: { code: -32603, message: 'the model is away' } }),
  silent: () => ({}),
  /** Works until it is steered, and says with what; `held` is enough for it. */
  async steered(id, session) {
    const words = session.cancelled
      ? 'nothing'
      : (session.steered?.shift() ??
        (await new Promise((resolve) => {
          session.onSteer = resolve;
          session.onCancel = () => resolve('nothing');
        })));
    say(id, `steered by ${words}`);
  },
  mcp: (id, { mcpServers }) => say(id, JSON.stringify(mcpServers)),
  async request(id, _, rest) {
    const { error } = await ask(rest, { sessionId: id, path: '/a' });
    say(id, String(error?.code));
  },
  plan: (id) =>
    update(id, {
      sessionUpdate: 'plan_update',
      plan: {
        type: 'items',
        planId: 'p',
        entries: [{ content: 'first', priority: 'high', status: 'pending' }],
      },
    }),
  notice: (id) => update(id, { sessionUpdate: 'notice', severity: 'warning', title: 'Nearly full' }),
  compact(id) {
    const compaction = { sessionUpdate: 'compaction_update', compactionId: 'c' };
    update(id, { ...compaction, status: 'in_progress' });
    update(id, { ...compaction, status: 'completed', summary: [text('We talked.')] });
  },
  unknown: (id) => update(id, { sessionUpdate: 'from_the_future', anything: 1 }),
};

/** @param {string} id @param {string} messageId @param {object[]} prompt */
async function work(id, messageId, prompt) {
  const session = /** @type {Session} */ (sessions.get(id));
  session.working = true;
  state(id, 'running');
  update(id, { sessionUpdate: 'user_message', messageId, content: prompt });
  let end = {};
  for (const line of prompt
    .map((block) => /** @type {{ text?: string }} */ (block).text ?? '')
    .join('')
    .split('\n')) {
    const [name = '', ...rest] = line.trim().split(' ');
    const result = await instructions[name]?.(id, session, rest.join(' '));
    end = typeof result === 'object' && result !== null ? result : { stopReason: 'end_turn' };
    if (session.cancelled) break;
  }
  session.working = false;
  state(id, 'idle', session.cancelled ? { stopReason: 'cancelled' } : end);
}

/** What waits for work to end, to be taken on its own or given up. */
/** @type {Set<{ refuse: (error: Error) => void }>} */
const held = new Set();

/**
 * A prompt while there is work: it is part of that, unless its first word says otherwise. `no`: it is refused; `hold`: it waits to be
 * given up; `mute`: nothing is ever heard of it; `own`: the work goes on without it, and it is worked on after that.
 *
 * @param {string} id @param {Session} session @param {object[]} prompt @param {string} words
 */
async function steer(id, session, prompt, words) {
  const messageId = `m${++lastMessage}`;
  const heard = () => (session.onSteer ? session.onSteer(words) : (session.steered ??= []).push(words));
  switch (words.split(/\s/u)[0]) {
    case 'no':
      throw new RpcError(-32603, 'Internal error', 'not now');
    case 'hold':
      heard();
      return new Promise((_, refuse) => held.add({ refuse }));
    case 'mute':
      heard();
      return new Promise(() => {});
    case 'own':
      heard();
      while (session.working) await new Promise((resolve) => setImmediate(resolve));
      void work(id, messageId, prompt);
      return { messageId };
    default:
      update(id, { sessionUpdate: 'user_message', messageId, content: prompt });
      heard();
      return { messageId };
  }
}

function giveUpHeld() {
  for (const { refuse } of held) refuse(new RpcError(-32800, 'Request cancelled'));
  held.clear();
}

/** @param {string} id @param {{ cwd: string, mcpServers: unknown }} params */
function open(id, { cwd, mcpServers }) {
  sessions.set(id, { cwd, mcpServers, cancelled: false });
  return {
    configOptions: configOptions(),
    availableCommands: [{ type: 'command', name: 'test', description: '' }],
  };
}

/** @param {string} id */
const mustKnow = (id) => {
  if (!id.startsWith('session-') && !(id in known)) throw new RpcError(-32002, 'Resource not found');
};

serve({
  initialize({ protocolVersion }) {
    if (protocolVersion < 2)
      throw new RpcError(-32022, 'Unsupported protocol version', {
        requested: protocolVersion,
        supported: [2],
      });
    return {
      protocolVersion: 2,
      info: { name: 'scripted', version: '2.0.0' },
      capabilities: {
        session: { mcp: { stdio: {} }, ...JSON.parse(FAKE_CAPS ?? '{}') },
      },
    };
  },
  'session/new': (params) => {
    const sessionId = `session-${++lastSession}`;
    return { sessionId, ...open(sessionId, params) };
  },
  'session/resume'(params) {
    const { sessionId, replayFrom } = params;
    mustKnow(sessionId);
    if (replayFrom?.type === 'start') {
      for (const [question, answer] of known[sessionId]?.past ?? []) {
        const messageId = `m${++lastMessage}`;
        update(sessionId, { sessionUpdate: 'user_message', messageId, content: [text(question)] });
        say(sessionId, answer);
      }
    }
    state(sessionId, 'idle', { stopReason: 'end_turn' });
    return open(sessionId, params);
  },
  'session/fork': (params) => {
    const sessionId = `session-${++lastSession}`;
    return { sessionId, ...open(sessionId, params) };
  },
  'session/list'({ cwd, cursor }) {
    const all = Object.entries(known)
      .filter(([, { cwd: its }]) => cwd === undefined || cwd === its)
      .map(([sessionId, { cwd: its, title }]) => ({ sessionId, cwd: its, title }));
    // One a page; the cursor means something to the agent alone.
    const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString());
    const next = from + 1 < all.length ? { nextCursor: base64(String(from + 1)) } : {};
    return { sessions: all.slice(from, from + 1), ...next };
  },
  'session/prompt'({ sessionId, prompt }) {
    const session = sessions.get(sessionId);
    if (!session) throw new RpcError(-32002, 'Resource not found');
    const [{ text: words = '' } = {}] = prompt;
    if (session.working) return steer(sessionId, session, prompt, words);
    session.cancelled = false;
    // `earlier`: work that was there before the prompt ends, which is not the prompt's end.
    if (words.startsWith('earlier')) {
      state(sessionId, 'running');
      state(sessionId, 'idle', { stopReason: 'max_tokens' });
    }
    const messageId = `m${++lastMessage}`;
    // `late`: all is done before the prompt is answered.
    const working = work(sessionId, messageId, prompt);
    return words.startsWith('late') ? working.then(() => ({ messageId })) : { messageId };
  },
  'session/cancel'({ sessionId }) {
    const session = sessions.get(sessionId);
    if (!session) return;
    session.cancelled = true;
    session.onCancel?.();
    giveUpHeld();
  },
  '$/cancel_request': giveUpHeld,
  'session/close': ({ sessionId }) => (sessions.delete(sessionId), {}),
  'session/delete': () => ({}),
  'session/set_config_option'({ configId, type, value }) {
    if (configId !== 'effort' || type !== 'id') throw new RpcError(-32602, 'Invalid params');
    effort = value;
    return { configOptions: configOptions() };
  },
});
