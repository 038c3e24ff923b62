/**
 * The main fake agent: does what the prompt says, one instruction a line. `FAKE_CAPS` (JSON) is merged into its
 * capabilities, `FAKE_RECORD` names a file that gets every line the client sends, `FAKE_PAST` (JSON) is what it knows from before. See `instructions` for what it knows.
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { afterAnswer, ask, RpcError, say, send, serve, update } from './wire.mjs';

/** @typedef {{ cwd: string, mcpServers: unknown, cancelled: boolean, onCancel?: () => void, mode: string, turns: number }} Session */

/** @type {Map<string, Session>} */
const sessions = new Map();
let lastSession = 0;

const { FAKE_RECORD, FAKE_CAPS, FAKE_PAST, FAKE_MODELS } = process.env;
/** @type {Record<string, { cwd: string, title: string, past: [string, string][] }>} */
const known = JSON.parse(FAKE_PAST ?? '{}');
if (FAKE_RECORD) process.stdin.on('data', (bytes) => appendFileSync(FAKE_RECORD, bytes));

const modes = (/** @type {Session} */ { mode }) => ({
  currentModeId: mode,
  availableModes: [
    { id: 'ask', name: 'Ask' },
    { id: 'code', name: 'Code' },
  ],
});
let thinking = 'low';
let model = 'small';
const models = () => ({
  id: 'model',
  name: 'Model',
  category: 'model',
  type: 'select',
  currentValue: model,
  options: [
    { value: 'small', name: 'Small' },
    { value: 'large', name: 'Large' },
  ],
});
const configOptions = () => [
  ...(FAKE_MODELS === undefined ? [] : [models()]),
  {
    id: 'thinking',
    name: 'Thinking',
    category: 'thought_level',
    type: 'select',
    currentValue: thinking,
    options: [
      { value: 'low', name: 'Low' },
      { value: 'high', name: 'High' },
    ],
  },
];
const permissionOptions = [
  { optionId: 'once', name: 'Allow once', kind: 'allow_once' },
  { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
];
const edit = { type: 'diff', path: '/a.txt', oldText: 'old', newText: 'new' };

/** @type {Record<string, (id: string, session: Session, rest: string) => unknown>} */
const instructions = {
  say: (id, _, rest) => rest.split(/(?<= )/).forEach((word) => say(id, word)),
  /** `lines TEXT`: says a text in which `\\n` begins a line. */
  lines: (id, _, rest) => say(id, rest.replaceAll('\\n', '\n')),
  think: (id) => say(id, 'hmm', 'agent_thought_chunk'),
  echo: (id, _, rest) => say(id, rest, 'user_message_chunk'),
  tool(id, { turns }) {
    const toolCallId = `edit-${turns}`;
    update(id, {
      sessionUpdate: 'tool_call',
      toolCallId,
      title: 'Edit a.txt',
      kind: 'edit',
      status: 'pending',
      locations: [{ path: '/a.txt', line: 3 }],
    });
    update(id, {
      sessionUpdate: 'tool_call_update',
      toolCallId,
      status: 'in_progress',
      content: [edit, { type: 'novelty' }],
    });
    update(id, { sessionUpdate: 'tool_call_update', toolCallId, status: 'completed' });
  },
  /** `editing PATH`: says that it begins to edit a file. */
  editing: (id, { turns }, rest) =>
    update(id, {
      sessionUpdate: 'tool_call',
      toolCallId: `editing-${turns}`,
      title: 'Edit a file',
      kind: 'edit',
      status: 'in_progress',
      locations: [{ path: rest }],
    }),
  /** `questions PLACE`: asks through a permission request, with the questions in its `meta` or in the call's `input`. */
  async questions(id, _, rest) {
    const questions = [
      {
        question: 'Which colour?',
        header: 'Colour',
        options: [{ label: 'Red' }, { label: 'Blue', description: 'calm' }],
      },
      { question: 'Which sizes?', multiSelect: true, options: [{ label: 'S' }, { label: 'L' }] },
    ];
    const toolCall =
      rest === 'meta'
        ? { toolCallId: 'ask', title: 'Two questions' }
        : { toolCallId: 'ask', title: 'ask_user_question', rawInput: { questions } };
    const _meta = rest === 'meta' ? { vendor: { questions } } : undefined;
    const options = permissionOptions;
    say(
      id,
      JSON.stringify(await ask('session/request_permission', { sessionId: id, toolCall, options, _meta })),
    );
  },
  async permission(id) {
    const toolCall = { toolCallId: 'asked', title: 'Remove a.txt', kind: 'delete' };
    const { outcome } = await ask('session/request_permission', {
      sessionId: id,
      toolCall,
      options: permissionOptions,
    });
    say(id, outcome.outcome === 'selected' ? `selected ${outcome.optionId}` : outcome.outcome);
  },
  /** `may KIND WHAT`: asks whether it may run a command (`execute`), or touch a file. */
  async may(id, { turns }, rest) {
    const [kind = '', ...words] = rest.split(' ');
    const what = words.join(' ');
    const about = kind === 'execute' ? { rawInput: { command: what } } : { locations: [{ path: what }] };
    const { outcome } = await ask('session/request_permission', {
      sessionId: id,
      toolCall: { toolCallId: `may-${turns}-${what}`, title: what, kind, ...about },
      options: permissionOptions,
    });
    say(id, `${what}: ${outcome.optionId ?? outcome.outcome}. `);
  },
  async slow(id, session, rest) {
    const [count = 0, ms = 0] = rest.split(' ').map(Number);
    for (let i = 1; i <= count && !session.cancelled; i++) {
      say(id, `${i} `);
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  },
  hang: (_, session) =>
    new Promise((resolve) => (session.cancelled ? resolve(0) : (session.onCancel = () => resolve(0)))),
  crash() {
    process.stderr.write('it hurts\n', () => process.exit(7));
    return new Promise(() => {});
  },
  refuse: () => 'refusal',
  stop: (_id, _session, rest) => rest,
  fail: (_id, _session, rest) => {
    throw new RpcError(-32603, 'Internal error', { details: rest });
  },
  cwd: (id, { cwd }) => say(id, cwd),
  mcp: (id, { mcpServers }) => say(id, JSON.stringify(mcpServers)),
  // Backwards, for whoever wants to know which values came: as they are they would be taken out as secrets.
  mcpBackwards: (id, { mcpServers }) => say(id, JSON.stringify(mcpServers).split('').toReversed().join('')),
  env: (id, _, rest) => say(id, `${rest}=${process.env[rest] ?? ''}`),
  pid: (id) => say(id, String(process.pid)),
  title: (id, _, rest) => update(id, { sessionUpdate: 'session_info_update', title: rest }),
  plan: (id) =>
    update(id, {
      sessionUpdate: 'plan',
      entries: [{ content: 'first', priority: 'high', status: 'pending' }, { nonsense: 1 }],
    }),
  usage: (id) =>
    update(id, {
      sessionUpdate: 'usage_update',
      used: 10,
      size: 100,
      cost: { amount: 0.5, currency: 'USD' },
    }),
  commands: (id) =>
    update(id, {
      sessionUpdate: 'available_commands_update',
      availableCommands: [{ name: 'test', description: 'Runs tests', input: { hint: 'which' } }],
    }),
  unknown: (id) => update(id, { sessionUpdate: 'from_the_future', anything: 1 }),
  /** `elicit {json}`: the request's params; says the answer as JSON. */
  async elicit(id, _, rest) {
    say(id, JSON.stringify(await ask('elicitation/create', { sessionId: id, ...JSON.parse(rest) })));
  },
  /** `url ID`: asks to open a page, and says so when it has done its work by itself. */
  async url(id, _, rest) {
    const asked = ask('elicitation/create', {
      sessionId: id,
      mode: 'url',
      elicitationId: rest,
      url: 'https://example.com/sign-in',
      message: 'Sign in',
    });
    if (rest === 'soon') send({ method: 'elicitation/complete', params: { elicitationId: rest } });
    say(id, JSON.stringify(await asked));
  },
  /** `client METHOD {json}`: any request, with the session's id; says the result, or the code and the data of the error. */
  async client(id, _, rest) {
    const [method = '', ...json] = rest.split(' ');
    const answer = await ask(method, { sessionId: id, ...JSON.parse(json.join(' ')) });
    const { error } = answer ?? {};
    say(id, error ? `${error.code} ${error.data ?? error.message}` : JSON.stringify(answer));
  },
  /** `terminal COMMAND`: runs it in a tool call that shows it; says its output and how it ended. */
  async terminal(id, { turns }, rest) {
    const { terminalId, error } = await ask('terminal/create', {
      sessionId: id,
      command: rest,
      outputByteLimit: 10,
    });
    if (error) return void say(id, `${error.code} ${error.message}`);
    const content = [{ type: 'terminal', terminalId }];
    update(id, {
      sessionUpdate: 'tool_call',
      toolCallId: `run-${turns}`,
      title: rest,
      kind: 'execute',
      content,
    });
    const exit = await ask('terminal/wait_for_exit', { sessionId: id, terminalId });
    const { output, truncated } = await ask('terminal/output', { sessionId: id, terminalId });
    await ask('terminal/release', { sessionId: id, terminalId });
    const gone = await ask('terminal/output', { sessionId: id, terminalId });
    say(id, JSON.stringify({ output, truncated, ...exit, gone: gone.error?.code }));
  },
  /** `deaf COMMAND`: runs it and forgets it. */
  deaf: (id, _, rest) => ask('terminal/create', { sessionId: id, command: rest }),
  /** `kill COMMAND`: kills it while it runs, and asks for it after that. */
  async kill(id, _, rest) {
    const { terminalId } = await ask('terminal/create', { sessionId: id, command: rest });
    await ask('terminal/kill', { sessionId: id, terminalId });
    const exit = await ask('terminal/wait_for_exit', { sessionId: id, terminalId });
    const { exitStatus } = await ask('terminal/output', { sessionId: id, terminalId });
    say(id, JSON.stringify({ exit, exitStatus }));
  },
  /** A terminal of the agent's own, told of in `_meta`; its id is never one of ours. */
  meta(id) {
    const terminal_id = 'agents-own';
    const toolCallId = 'meta';
    const rawInput = { command: 'make all' };
    const content = [{ type: 'terminal', terminalId: terminal_id }];
    const first = {
      toolCallId,
      title: 'Make',
      kind: 'execute',
      rawInput,
      content,
      _meta: { terminal_info: { terminal_id } },
    };
    update(id, { sessionUpdate: 'tool_call', ...first });
    for (const data of ['one\n', 'two\n'])
      update(id, {
        sessionUpdate: 'tool_call_update',
        toolCallId,
        _meta: { terminal_output: { terminal_id, data } },
      });
    const _meta = { terminal_exit: { terminal_id, exit_code: 2, signal: null } };
    update(id, { sessionUpdate: 'tool_call_update', toolCallId, status: 'failed', _meta });
  },
  openMeta: (id) =>
    update(id, {
      sessionUpdate: 'tool_call',
      toolCallId: 'open',
      title: 'Serve',
      _meta: { terminal_info: { terminal_id: 'o' } },
    }),
  async request(id, _, rest) {
    const { error } = await ask(rest, { sessionId: id, path: '/a' });
    say(id, `${error?.code}`);
  },
  /** `child` starts one in the agent's own group, `child escaped` one that left it; both are deaf to SIGTERM. */
  child(id, _, rest) {
    const { pid } = spawn('sh', ['-c', 'trap "" TERM; sleep 1000'], {
      detached: rest === 'escaped',
      stdio: 'ignore',
    });
    say(id, String(pid));
  },
};

/** @param {{ sessionId: string, prompt: { text?: string }[] }} params */
async function prompt({ sessionId: id, prompt: content }) {
  const session = sessions.get(id);
  if (!session) throw new RpcError(-32002, 'Resource not found');
  session.cancelled = false;
  session.turns++;
  let stopReason = 'end_turn';
  for (const line of content
    .map(({ text }) => text ?? '')
    .join('')
    .split('\n')) {
    const [name = '', ...rest] = line.trim().split(' ');
    const instruction = instructions[name];
    const result = instruction ? await instruction(id, session, rest.join(' ')) : say(id, line);
    if (typeof result === 'string') stopReason = result;
    if (session.cancelled) return { stopReason: 'cancelled' };
  }
  return { stopReason };
}

/** @param {{ cwd: string, mcpServers: unknown }} params */
function open({ cwd, mcpServers }, id = `session-${++lastSession}`) {
  const session = { cwd, mcpServers, cancelled: false, mode: 'ask', turns: 0 };
  sessions.set(id, session);
  return { sessionId: id, modes: modes(session), configOptions: configOptions() };
}

serve({
  initialize: () => ({
    protocolVersion: 1,
    agentInfo: { name: 'scripted', version: '1.2.3' },
    agentCapabilities: {
      promptCapabilities: { image: true },
      sessionCapabilities: { close: {} },
      ...JSON.parse(FAKE_CAPS ?? '{}'),
    },
  }),
  'session/new': (params) => open(params),
  'session/load'(params) {
    const before = known[params.sessionId];
    for (const [question, answer] of before?.past ?? []) {
      say(params.sessionId, question, 'user_message_chunk');
      say(params.sessionId, answer);
    }
    if (before) {
      // What is said after the answer belongs to the past as well.
      afterAnswer(() =>
        update(params.sessionId, { sessionUpdate: 'session_info_update', title: before.title }),
      );
      return void open(params, params.sessionId);
    }
    if (!params.sessionId.startsWith('session-')) throw new RpcError(-32002, 'Resource not found');
    say(params.sessionId, 'an old question', 'user_message_chunk');
    say(params.sessionId, 'an old answer');
    update(params.sessionId, {
      sessionUpdate: 'tool_call',
      toolCallId: 'old',
      title: 'Old',
      status: 'completed',
    });
    open(params, params.sessionId);
    afterAnswer(() => say(params.sessionId, 'an old afterthought'));
    return null;
  },
  'session/list'({ cwd, cursor }) {
    const all = Object.entries(known)
      .filter(([, { cwd: its }]) => cwd === undefined || cwd === its)
      .map(([sessionId, { cwd: its, title }]) => ({
        sessionId,
        cwd: its,
        title,
        updatedAt: '2026-01-02T03:04:05Z',
      }));
    // One a page; the cursor means something to the agent alone.
    const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString());
    const nextCursor = Buffer.from(String(from + 1)).toString('base64');
    return { sessions: all.slice(from, from + 1), ...(from + 1 < all.length && { nextCursor }) };
  },
  'session/resume': (params) => void open(params, params.sessionId),
  'session/prompt': prompt,
  'session/cancel'({ sessionId }) {
    const session = sessions.get(sessionId);
    if (!session) return;
    session.cancelled = true;
    session.onCancel?.();
  },
  'session/fork'(params) {
    const from = sessions.get(params.sessionId);
    if (!from) throw new RpcError(-32002, 'Resource not found');
    const opened = open(params);
    say(opened.sessionId, `forked from ${params.sessionId} `);
    return opened;
  },
  'session/delete': ({ sessionId }) => {
    process.stderr.write(`deleted ${sessionId}\n`);
    return {};
  },
  'session/close': ({ sessionId }) => (sessions.delete(sessionId), {}),
  'session/set_mode'({ sessionId, modeId }) {
    const session = sessions.get(sessionId);
    if (!session || !['ask', 'code'].includes(modeId))
      throw new RpcError(-32602, 'Invalid params', `no mode ${modeId}`);
    session.mode = modeId;
    update(sessionId, { sessionUpdate: 'current_mode_update', currentModeId: modeId });
    return {};
  },
  'session/set_config_option'({ configId, value }) {
    if (configId === 'model') model = value;
    else thinking = value;
    return { configOptions: configOptions() };
  },
});
