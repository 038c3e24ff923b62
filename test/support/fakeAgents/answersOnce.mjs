/**
 * Answers the first prompt of a session, and no other, not even when it is cancelled. A session that is taken up again is as new.
 * `long N` says a line of N bytes.
 */
import { say, serve } from './wire.mjs';

/** @type {Set<string>} */
const answered = new Set();

serve({
  initialize: () => ({
    protocolVersion: 1,
    agentCapabilities: { sessionCapabilities: { close: {}, resume: {} } },
  }),
  'session/new': () => ({ sessionId: 'once' }),
  'session/resume': ({ sessionId }) => void answered.delete(sessionId),
  'session/close': () => ({}),
  'session/prompt'({ sessionId, prompt: [{ text }] }) {
    if (answered.has(sessionId)) return new Promise(() => {});
    answered.add(sessionId);
    const [word, bytes] = text.split(' ');
    say(sessionId, word === 'long' ? 'x'.repeat(Number(bytes)) : text);
    return { stopReason: 'end_turn' };
  },
});
