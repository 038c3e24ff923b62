/**
 * Speaks ACP v2 alone and wants to be signed in to, by `auth/login`; what it knows of that lives in its memory. What is asked is
 * written into the file `FAKE_LOG`, and a prompt is said back.
 */
import { appendFileSync } from 'node:fs';
import { RpcError, serve, update } from './wire.mjs';

const record = (/** @type {string} */ what) => appendFileSync(process.env['FAKE_LOG'] ?? '', `${what}\n`);
let isSignedIn = false;
let count = 0;

function check() {
  if (!isSignedIn) throw new RpcError(-32000, 'Authentication required');
}

serve({
  initialize({ protocolVersion }) {
    if (protocolVersion < 2) throw new RpcError(-32022, 'Unsupported protocol version', { supported: [2] });
    return {
      protocolVersion: 2,
      info: { name: 'signsInV2', version: '2.0.0' },
      capabilities: { session: {} },
      authMethods: [
        { type: 'agent', methodId: 'browser', name: 'In the browser' },
        { type: 'agent', methodId: 'broken', name: 'By carrier pigeon' },
      ],
    };
  },
  'auth/login'({ methodId }) {
    record(`auth/login ${methodId}`);
    if (methodId === 'broken') throw new RpcError(-32603, 'The pigeon did not come back');
    isSignedIn = true;
    return {};
  },
  'auth/logout'() {
    record('auth/logout');
    isSignedIn = false;
    return {};
  },
  'session/new'() {
    record('session/new');
    check();
    return { sessionId: `session-${++count}`, configOptions: [] };
  },
  'session/prompt'({ sessionId, prompt: [{ text }] }) {
    check();
    const messageId = `m${++count}`;
    const state = (/** @type {string} */ now, more = {}) =>
      update(sessionId, { sessionUpdate: 'state_update', state: now, ...more });
    setImmediate(() => {
      state('running');
      update(sessionId, {
        sessionUpdate: 'agent_message_chunk',
        messageId: `a${count}`,
        content: { type: 'text', text },
      });
      state('idle', { stopReason: 'end_turn' });
    });
    return { messageId };
  },
  'session/close': () => ({}),
});
