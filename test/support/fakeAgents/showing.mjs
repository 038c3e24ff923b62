/** A fake agent that does nothing wrong: it shows one of everything, the same every time, for pictures. */
import { ask, RpcError, say, serve, update } from './wire.mjs';

/** @typedef {import('./wire.mjs').Json} Json */

let lastSession = 0;
/** @type {Map<string, { cwd: string, cancelled: () => void }>} */
const sessions = new Map();

const modes = {
  currentModeId: 'code',
  availableModes: [
    { id: 'ask', name: 'Ask', description: 'Reads, and changes nothing' },
    { id: 'code', name: 'Code', description: 'Changes files, and asks before it runs commands' },
  ],
};
const configOptions = [
  {
    id: 'model',
    name: 'Model',
    category: 'model',
    type: 'select',
    currentValue: 'spring',
    options: [
      { value: 'spring', name: 'Spring 4.5', description: 'Thorough' },
      { value: 'neap', name: 'Neap 4.5 mini', description: 'Quick' },
    ],
  },
  {
    id: 'effort',
    name: 'Effort',
    category: 'thought_level',
    type: 'select',
    currentValue: 'high',
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

let lastCall = 0;

/**
 * A tool call with its end, or without one.
 *
 * @param {string} id
 * @param {Json} call
 * @param {string} [status]
 */
function tool(id, call, status = 'completed') {
  const toolCallId = `call-${++lastCall}`;
  update(id, { sessionUpdate: 'tool_call', toolCallId, status: 'in_progress', ...call });
  if (status !== 'in_progress') update(id, { sessionUpdate: 'tool_call_update', toolCallId, status });
  return toolCallId;
}

/**
 * A command in a terminal of the agent's own.
 *
 * @param {string} id
 * @param {string} command
 * @param {string} output
 * @param {number} [exit] Without it, it still runs.
 */
function run(id, command, output, exit) {
  const terminal_id = `terminal-${lastCall + 1}`;
  const toolCallId = tool(
    id,
    {
      title: `\`${command}\``,
      kind: 'execute',
      rawInput: { command },
      content: [{ type: 'terminal', terminalId: terminal_id }],
      _meta: { terminal_info: { terminal_id } },
    },
    'in_progress',
  );
  const more = (/** @type {Json} */ change) =>
    update(id, { sessionUpdate: 'tool_call_update', toolCallId, ...change });
  more({ _meta: { terminal_output: { terminal_id, data: output } } });
  if (exit === undefined) return;
  more({
    status: exit === 0 ? 'completed' : 'failed',
    _meta: { terminal_exit: { terminal_id, exit_code: exit, signal: null } },
  });
}

/**
 * @param {string} id
 * @param {string[]} statuses
 */
function plan(id, statuses) {
  const steps = [
    'Find where times are written',
    'Write them with a colon',
    'Run the tests',
    'Tell the changelog',
  ];
  update(id, {
    sessionUpdate: 'plan',
    entries: steps.map((content, index) => ({ content, priority: 'medium', status: statuses[index] })),
  });
}

const before = `import { pad } from './pad.js';

export function formatTime(minutes) {
  const ofDay = minutes % (24 * 60);
  return \`\${pad(Math.floor(ofDay / 60))}.\${pad(ofDay % 60)}\`;
}
`;
const after = `import { pad } from './pad.js';

/** A time of day as \`12:30\`. */
export function formatTime(minutes) {
  const ofDay = minutes % (24 * 60);
  return \`\${pad(Math.floor(ofDay / 60))}:\${pad(ofDay % 60)}\`;
}
`;

/** @type {[about: RegExp, tell: (id: string, cwd: string) => unknown][]} */
const stories = [
  [/12\.30/, fix],
  [/run the tests/i, test],
  [/release/i, release],
  [/moon/i, explain],
  [/import/i, fail],
  [/compare/i, compare],
];

/**
 * @param {string} id
 * @param {string} cwd
 */
function fix(id, cwd) {
  say(
    id,
    'The times are shown with a full stop. I should look at how they are formatted before I change anything: ' +
      'there may be **one place** or several.\n\nThe tests may expect either.',
    'agent_thought_chunk',
  );
  say(id, 'I’ll look at how the times are written.');
  plan(id, ['in_progress', 'pending', 'pending', 'pending']);
  tool(id, {
    title: 'Read src/tides.js',
    kind: 'read',
    locations: [{ path: `${cwd}/src/tides.js`, line: 19 }],
  });
  tool(id, {
    title: 'Search for `formatTime`',
    kind: 'search',
    locations: [
      { path: `${cwd}/src/tides.js`, line: 16 },
      { path: `${cwd}/src/main.js`, line: 5 },
      { path: `${cwd}/test/tides.test.js`, line: 6 },
    ],
    content: [{ type: 'content', content: { type: 'text', text: '3 matches in 3 files' } }],
  });
  tool(id, {
    title: 'Fetch https://example.com/standards/iso-8601/times-of-day',
    kind: 'fetch',
    content: [
      {
        type: 'content',
        content: { type: 'text', text: 'Hours and minutes are separated by a colon: `hh:mm`.' },
      },
    ],
  });
  tool(id, {
    title: 'Edit src/tides.js',
    kind: 'edit',
    locations: [{ path: `${cwd}/src/tides.js`, line: 4 }],
    content: [{ type: 'diff', path: `${cwd}/src/tides.js`, oldText: before, newText: after }],
  });
  say(
    id,
    `The separator was a full stop. It is a **colon** now, in one place:

\`\`\`js
return \`\${pad(Math.floor(ofDay / 60))}:\${pad(ofDay % 60)}\`;
\`\`\`

What else uses it:

1. \`src/main.js\` prints the table
2. \`test/tides.test.js\` checks it, see [how tests are written](https://example.com/tests)

| place | before | after |
| --- | --- | --- |
| heading | 12.30 | 12:30 |
| rows | 07.05 | 07:05 |
`,
  );
  usage(id, 24_300);
}

/** @param {string} id */
async function test(id) {
  plan(id, ['completed', 'completed', 'in_progress', 'pending']);
  run(
    id,
    'npm test',
    '\n> tide-table@1.0.0 test\n> node --test\n\n\u001b[32m✔ high water comes again twelve hours later \u001b[90m(1.2ms)\u001b[39m\n' +
      '\u001b[31m✖ times go on past midnight \u001b[90m(2.1ms)\u001b[39m\n  AssertionError: expected \u001b[32m07:00\u001b[39m, got \u001b[31m31:00\u001b[39m\n' +
      '\u001b[34mℹ pass 1\u001b[39m\n\u001b[34mℹ fail 1\u001b[39m\n',
    1,
  );
  say(
    id,
    'One test fails: minutes after midnight are not taken from the day they are in. I’ll mend that, then clear the cache.',
  );
  usage(id, 31_800);
  const toolCallId = tool(
    id,
    {
      title: 'rm -rf node_modules/.cache',
      kind: 'execute',
      rawInput: { command: 'rm -rf node_modules/.cache' },
    },
    'in_progress',
  );
  const { outcome } = await ask('session/request_permission', {
    sessionId: id,
    toolCall: {
      toolCallId,
      title: 'Run `rm -rf node_modules/.cache`?',
      kind: 'execute',
      rawInput: { command: 'rm -rf node_modules/.cache' },
    },
    options: permissionOptions,
  });
  const allowed = outcome.optionId !== 'no' && outcome.outcome !== 'cancelled';
  update(id, { sessionUpdate: 'tool_call_update', toolCallId, status: allowed ? 'completed' : 'failed' });
  if (!allowed) return void say(id, 'Then I leave the cache as it is.');
  plan(id, ['completed', 'completed', 'completed', 'completed']);
  say(id, 'The cache is cleared, and all tests pass.');
}

/** @param {string} id */
async function release(id) {
  say(id, 'Before I write the release notes, I need to know two things.');
  await ask('elicitation/create', {
    sessionId: id,
    mode: 'form',
    message: 'How should the release be named?',
    requestedSchema: {
      type: 'object',
      properties: {
        version: { type: 'string', title: 'Version', description: 'As in package.json', default: '1.1.0' },
        channel: {
          type: 'string',
          title: 'Channel',
          oneOf: [
            { const: 'stable', title: 'Stable' },
            { const: 'next', title: 'Next' },
          ],
        },
        announce: { type: 'boolean', title: 'Tell the mailing list', default: true },
      },
      required: ['version', 'channel'],
    },
  });
  say(id, 'Thank you.');
}

/** @param {string} id */
function explain(id) {
  say(
    id,
    `## What moves the water

The **moon** pulls at the sea, and the *sun* a little less. Twice a month both pull in one line:

- at new moon and full moon: *spring tides*, the highest
- at the quarters: *neap tides*
  - the sun pulls across the moon then
  - high water is lowest

> A tide table is a promise about the sea.

- [x] Take the moon’s phase into account
- [ ] Take the wind into account

### How long it takes

| tide | after new moon | height at \`Brest\` | height at \`Saint-Malo\` | remark |
| --- | ---: | ---: | ---: | --- |
| spring | 1.5 days | 6.9 m | 12.2 m | strongest currents, two hours after low water |
| neap | 8.9 days | 4.6 m | 8.1 m | weakest |

\`\`\`python
def height(hours: float, mean: float = 4.1) -> float:
    """Metres above chart datum, by the rule of twelfths."""
    return mean + 2.8 * math.cos(2 * math.pi * hours / 12.42)  # one tide lasts half a lunar day, twelve hours and twenty-five minutes
\`\`\`

A word that does not break: \`Hochwasserstandsvorhersagezentraleninformationssystemschnittstelle\`, and an address: https://example.com/a/very/long/path/that/goes/on/and/on/until-it-has-to-be-broken-somewhere?with=a&query=too

---

That is all.`,
  );
  usage(id, 171_000);
}

/** @param {string} id @param {string} cwd */
function fail(id, cwd) {
  say(id, 'I’ll read last year’s tables first.');
  tool(
    id,
    {
      title: 'Read archive/harbours/north-atlantic/tables-of-last-year-as-they-were-printed.csv',
      kind: 'read',
      locations: [
        { path: `${cwd}/archive/harbours/north-atlantic/tables-of-last-year-as-they-were-printed.csv` },
      ],
      content: [
        {
          type: 'content',
          content: { type: 'text', text: 'ENOENT: no such file or directory, open `tables.csv`' },
        },
      ],
    },
    'failed',
  );
  throw new RpcError(-32603, 'The model is overloaded. Try again in a few minutes.');
}

/** @param {string} id */
function compare(id) {
  say(id, 'Two harbours, and their tables side by side.');
  say(
    id,
    'Brest keeps universal time, so I have to add an hour in winter and two in summer.',
    'agent_thought_chunk',
  );
  run(id, 'node src/main.js 06:10', 'High water at 06:10, then at:\n  18:35\n  07:00\n');
  return new Promise((resolve) => sessions.set(id, { cwd: '', cancelled: () => resolve(undefined) }));
}

/**
 * @param {string} id
 * @param {number} used
 */
const usage = (id, used) =>
  update(id, { sessionUpdate: 'usage_update', used, size: 200_000, cost: { amount: 0.42, currency: 'USD' } });

/** @param {{ cwd: string }} params */
function open({ cwd }, id = `session-${++lastSession}`) {
  sessions.set(id, { cwd, cancelled: () => undefined });
  const availableCommands = [
    { name: 'review', description: 'Looks through what changed' },
    { name: 'test', description: 'Runs the tests', input: { hint: 'which' } },
  ];
  setImmediate(() => update(id, { sessionUpdate: 'available_commands_update', availableCommands }));
  return { sessionId: id, modes, configOptions };
}

serve({
  initialize: () => ({
    protocolVersion: 1,
    agentInfo: { name: 'showing', version: '1.0.0' },
    agentCapabilities: { loadSession: true, promptCapabilities: { image: true, embeddedContext: true } },
  }),
  'session/new': (params) => open(params),
  'session/load': (params) => open(params, params.sessionId),
  async 'session/prompt'({ sessionId, prompt }) {
    const text = prompt.map((/** @type {Json} */ { text = '' }) => text).join('');
    const [, tell] = stories.find(([about]) => about.test(text)) ?? [];
    if (tell) await tell(sessionId, sessions.get(sessionId)?.cwd ?? '');
    else say(sessionId, 'High water at Brest is at 06:10, and again at 18:35.');
    return { stopReason: 'end_turn' };
  },
  'session/cancel': ({ sessionId }) => sessions.get(sessionId)?.cancelled(),
  'session/set_mode': () => ({}),
  'session/set_config_option': () => ({ configOptions }),
});
