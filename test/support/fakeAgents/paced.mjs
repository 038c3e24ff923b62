/** The prompt says when: `FIRST EVERY COUNT`, the first chunk after so many milliseconds, and then others. */
import { say, serve } from './wire.mjs';

const after = (/** @type {number} */ ms) =>
  new Promise((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)));

serve({
  initialize: () => ({ protocolVersion: 1 }),
  'session/new': () => ({ sessionId: 'paced' }),
  async 'session/prompt'({ sessionId, prompt }) {
    const [first = 0, every = 0, count = 1] = prompt[0].text.split(' ').map(Number);
    await after(first);
    for (let n = 0; n < count; n++) {
      say(sessionId, `${n} `);
      if (n < count - 1) await after(every);
    }
    return { stopReason: 'end_turn' };
  },
});
