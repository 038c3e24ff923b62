/**
 * Tells everyone what it was given: whatever it is asked, it writes the values of `KEYS_OF` (names, with commas between them) and its arguments to
 * stderr first, each in two writes, and then `told METHOD`; on stdout stands the first of them as a line that is no message. It
 * also does so, as `file`, when the file `FAKE_SAY` appears. With `FAKE_CRASH` it ends when it is asked for its conversations.
 */
import { existsSync, rmSync } from 'node:fs';
import { RpcError, serve } from './wire.mjs';

const { KEYS_OF = '', FAKE_SAY = '', FAKE_CRASH, SIGN_IN } = process.env;
const keys = KEYS_OF.split(',').map((name) => process.env[name] ?? '');
const values = [...keys, ...process.argv.slice(2)].filter((value) => value !== '');
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
let count = 0;

/** @param {string} what */
async function tell(what) {
  process.stdout.write(`aside ${values[0]}\n`);
  for (const value of values) {
    process.stderr.write(`using ${value.slice(0, 7)}`);
    await pause();
    process.stderr.write(`${value.slice(7)}\n`);
  }
  await new Promise((resolve) => process.stderr.write(`told ${what}\n`, resolve));
}

setInterval(() => {
  if (FAKE_SAY === '' || !existsSync(FAKE_SAY)) return;
  rmSync(FAKE_SAY);
  void tell('file');
}, 10).unref();

const tells =
  (/** @type {string} */ what, /** @type {(params: any) => unknown} */ answer) =>
  async (/** @type {any} */ params) => {
    await tell(what);
    return answer(params);
  };

serve({
  initialize: tells('initialize', () => ({
    protocolVersion: 1,
    agentCapabilities: { sessionCapabilities: { list: {}, close: {} } },
    authMethods: [{ id: 'key', name: 'With a key', type: 'env_var', vars: [{ name: 'SIGN_IN' }] }],
  })),
  authenticate: tells('authenticate', () => {
    if (SIGN_IN !== 'a word that is right') throw new RpcError(-32603, `${SIGN_IN} is not right`);
    return {};
  }),
  'session/list': tells('session/list', () => {
    if (FAKE_CRASH) process.exit(3);
    return { sessions: [{ sessionId: 'past', title: SIGN_IN === undefined ? 'of nobody' : 'of a person' }] };
  }),
  'session/new': tells('session/new', () => ({ sessionId: `${process.pid}-${++count}` })),
  'session/close': tells('session/close', () => ({})),
});
