/**
 * Wants to be signed in to: what it knows of that stands in the file `FAKE_SIGNED_IN`, which it reads when it starts, as agents
 * read their credentials. `--login` signs in and ends, as in a terminal. The prompt `expire` lets the sign-in run out
 * for the next one; another prompt is said back.
 */
import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { RpcError, say, serve } from './wire.mjs';

const file = process.env['FAKE_SIGNED_IN'] ?? '';
const record = (/** @type {string} */ what) => appendFileSync(`${file}.log`, `${what}\n`);

if (process.argv.includes('--login')) {
  writeFileSync(file, '');
  process.exit(0);
}

let isSignedIn = existsSync(file);
let count = 0;

function check() {
  if (!isSignedIn && process.env['TIDE_WORD'] !== 'right-token-4711')
    throw new RpcError(-32000, 'Please sign in');
}

serve({
  initialize: () => ({
    protocolVersion: 1,
    agentCapabilities: {
      sessionCapabilities: { resume: {} },
      ...(process.env['FAKE_LOGOUT'] !== 'no' && { auth: { logout: {} } }),
    },
    authMethods: [
      { id: 'browser', name: 'In the browser', description: 'Opens a page.' },
      { id: 'broken', name: 'By carrier pigeon' },
      { id: 'tui', name: 'In a terminal', type: 'terminal', args: ['--login'] },
      { id: 'key', name: 'With a key', type: 'env_var', vars: [{ name: 'TIDE_WORD', label: 'Word' }] },
    ],
  }),
  authenticate({ methodId }) {
    record(`authenticate ${methodId}`);
    if (methodId === 'broken') throw new RpcError(-32603, 'The pigeon did not come back');
    if (methodId === 'key' && process.env['TIDE_WORD'] !== 'right-token-4711')
      throw new RpcError(-32603, `There is no such word as ${process.env['TIDE_WORD']}`);
    if (methodId === 'key') return {};
    isSignedIn = true;
    writeFileSync(file, '');
    return {};
  },
  logout() {
    isSignedIn = false;
    rmSync(file, { force: true });
    return {};
  },
  'session/new'() {
    record('session/new');
    check();
    return { sessionId: `${process.pid}-${++count}` };
  },
  'session/resume'() {
    check();
    return {};
  },
  'session/prompt'({ sessionId, prompt: [{ text }] }) {
    record(`prompt ${text}`);
    check();
    say(sessionId, text);
    if (text !== 'expire') return { stopReason: 'end_turn' };
    isSignedIn = false;
    rmSync(file, { force: true });
    return { stopReason: 'end_turn' };
  },
});
