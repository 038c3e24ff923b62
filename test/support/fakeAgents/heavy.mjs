/** Costs what a real agent costs at the least: a Node process that loads the ACP SDK. Says "hello" to every prompt. */
import '@agentclientprotocol/sdk';
import { say, serve } from './wire.mjs';

let last = 0;

serve({
  initialize: () => ({ protocolVersion: 1, agentCapabilities: { sessionCapabilities: { close: {} } } }),
  'session/new': () => ({ sessionId: `session-${++last}` }),
  'session/close': () => ({}),
  'session/prompt'({ sessionId }) {
    say(sessionId, 'hello');
    return { stopReason: 'end_turn' };
  },
});
