/** Answers one prompt after the other with what `FAKE_ANSWERS` (JSON) lists; then with what it was asked last. */
import { say, serve } from './wire.mjs';

const answers = JSON.parse(process.env.FAKE_ANSWERS ?? '[]');

serve({
  initialize: () => ({ protocolVersion: 1, agentCapabilities: {} }),
  'session/new': () => ({ sessionId: 'one' }),
  'session/prompt'({ sessionId, prompt }) {
    const answer = answers.shift() ?? prompt[0].text;
    // In pieces, as agents do.
    for (const piece of answer.split(/(?<= )/)) say(sessionId, piece);
    return { stopReason: 'end_turn' };
  },
});
